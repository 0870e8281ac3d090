//! Files on messages: real, small pictures and documents.

use super::File;
use crate::rng::Rng;

/// A file as customers send them.
pub(super) fn some_file(rng: &mut Rng) -> File {
    match rng.below(5) {
        0 => pdf("invoice.pdf", "Invoice"),
        1 => pdf("order-confirmation.pdf", "Order confirmation"),
        2 => {
            let text = "date,order,amount\n2026-05-04,48213,84.90\n".as_bytes().to_vec();
            File { name: "orders.csv".to_owned(), mime: "text/csv".to_owned(), bytes: text }
        }
        3 => png("screenshot.png", 48, 30, rng),
        _ => png("photo.png", 40, 40, rng),
    }
}

/// A picture: bands of colour with a little noise.
pub(super) fn png(name: &str, width: u32, height: u32, rng: &mut Rng) -> File {
    let base = rng.next().to_le_bytes();
    let mut raw = Vec::with_capacity((height * (width * 3 + 1)) as usize);
    for y in 0..height {
        raw.push(0);
        for x in 0..width {
            let band = u8::try_from((x * 3 / width + y * 5 / height) * 9).unwrap_or(u8::MAX);
            raw.extend(base[..3].iter().map(|value| (value / 2).saturating_add(90).saturating_add(band)));
        }
    }
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    chunk(&mut bytes, b"IHDR", &head);
    chunk(&mut bytes, b"IDAT", &stored(&raw));
    chunk(&mut bytes, b"IEND", &[]);
    File { name: name.to_owned(), mime: "image/png".to_owned(), bytes }
}

fn chunk(bytes: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    bytes.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    let start = bytes.len();
    bytes.extend(kind);
    bytes.extend(data);
    bytes.extend(crc32(&bytes[start..]).to_be_bytes());
}

/// A zlib stream of stored blocks: not compressed, and exactly as long as one can tell beforehand.
fn stored(raw: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x78, 0x01];
    let mut blocks = raw.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        bytes.push(u8::from(blocks.peek().is_none()));
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        bytes.extend(length.to_le_bytes());
        bytes.extend((!length).to_le_bytes());
        bytes.extend(block);
    }
    let (low, high) = raw.iter().fold((1u32, 0u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    bytes.extend((high << 16 | low).to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// A document of one page with one line.
pub(super) fn pdf(name: &str, line: &str) -> File {
    let page = format!("BT /F1 24 Tf 72 700 Td ({line}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>\nstream\n{page}\nendstream", page.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut text = "%PDF-1.4\n".to_owned();
    let mut table = "xref\n0 6\n0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(objects) {
        table.push_str(&format!("{:010} 00000 n \n", text.len()));
        text.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = text.len();
    text.push_str(&format!("{table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"));
    File { name: name.to_owned(), mime: "application/pdf".to_owned(), bytes: text.into_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        // The Adler-32 of "Wikipedia".
        assert_eq!(stored(b"Wikipedia")[7 + 9..], 0x11E6_0398_u32.to_be_bytes());
    }
}
