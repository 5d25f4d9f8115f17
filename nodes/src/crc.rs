//! The check that files have of what they hold.

/// The CRC-32 of zip, gzip and PNG.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    /// Four bytes at a time.
    const TABLES: [[u32; 256]; 4] = tables();
    let mut crc = !0;
    let mut words = bytes.chunks_exact(4);
    for word in &mut words {
        crc ^= u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
        let [a, b, c, d] = crc.to_le_bytes();
        crc = TABLES[3][usize::from(a)] ^ TABLES[2][usize::from(b)] ^ TABLES[1][usize::from(c)] ^ TABLES[0][usize::from(d)];
    }
    for byte in words.remainder() {
        crc = TABLES[0][usize::from(crc as u8 ^ byte)] ^ (crc >> 8);
    }
    !crc
}

const fn tables() -> [[u32; 256]; 4] {
    let mut tables = [[0; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut table = 1;
    while table < 4 {
        let mut byte = 0;
        while byte < 256 {
            let before: u32 = tables[table - 1][byte];
            tables[table][byte] = tables[0][(before & 0xff) as usize] ^ (before >> 8);
            byte += 1;
        }
        table += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value of the CRC catalogue, and one that zlib computes.
    #[test]
    fn the_crc_is_zips() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"The quick brown fox jumps over the lazy dog"), 0x414f_a339);
    }
}
