//! Tells Tauri where its capabilities lie, and lets a clean clone build before the UI was built.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    // The window embeds the built UI; without this line it would keep the one that it was first built with.
    println!("cargo:rerun-if-changed=ui/dist");
    std::fs::create_dir_all("ui/dist")?;
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(
            tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*"),
        );
    tauri_build::try_build(attributes)?;
    Ok(())
}
