//! How a queue is named as a team: as a slug, because its name may hold anything.

/// "Customer care" is `customer-care`; what has no letter or digit in it keeps its id.
pub(in crate::rt) fn slug(name: &str, id: &str) -> String {
    let mut slug = String::new();
    for sign in name.chars().flat_map(char::to_lowercase) {
        if sign.is_alphanumeric() {
            slug.push(sign);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { format!("queue-{id}") } else { slug.to_owned() }
}
