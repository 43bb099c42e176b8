//! Older Cyrillic exports: `encoding = "windows-1251"` in the map, turned into UTF-8 on the way in.

use std::io::{self, Read};

/// The upper half of windows-1251; the byte 0x98 stands for nothing.
const UPPER: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{fffd}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї\
АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";

/// A reader that gives windows-1251 bytes as UTF-8.
pub(super) struct Windows1251<R> {
    inner: R,
    table: Vec<char>,
    raw: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
}

impl<R: Read> Windows1251<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, table: UPPER.chars().collect(), raw: vec![0; 1 << 16], ready: Vec::new(), given: 0 }
    }
}

impl<R: Read> Read for Windows1251<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            let count = self.inner.read(&mut self.raw)?;
            self.ready.clear();
            self.given = 0;
            let mut letter = [0; 4];
            for byte in self.raw.iter().take(count) {
                match byte.checked_sub(0x80) {
                    None => self.ready.push(*byte),
                    Some(upper) => {
                        let found = self.table.get(usize::from(upper)).copied().unwrap_or('\u{fffd}');
                        self.ready.extend_from_slice(found.encode_utf8(&mut letter).as_bytes());
                    }
                }
            }
        }
        let left = self.ready.get(self.given..).unwrap_or(&[]);
        let count = left.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), left.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cyrillic_bytes_become_letters() {
        let mut text = String::new();
        let bytes: &[u8] = &[0xCA, 0xEE, 0xF4, 0xE5, b' ', 0xA8, 0xB8, 0xB9, 0x88];
        Windows1251::new(bytes).read_to_string(&mut text).unwrap();
        assert_eq!(text, "Кофе Ёё№€");
        assert_eq!(UPPER.chars().count(), 128);
    }
}
