//! Numbers as bits. Everything that the index stores is small numbers, most of them far smaller than a byte can say:
//! Golomb–Rice codes spend about one bit more than the logarithm of the mean, and damaged ones end, whatever they say.

/// The parameter that suits numbers of this sum best.
pub(super) fn suits(sum: u64, n: usize) -> u32 {
    // The mean times the logarithm of two; what is below one needs no bits of its own.
    let mean = sum.saturating_mul(11) / (n.max(1) as u64).saturating_mul(16);
    mean.max(1).ilog2().min(31)
}

/// Writes bits, the lowest first.
#[derive(Debug)]
pub(super) struct BitWriter<'a> {
    bytes: &'a mut Vec<u8>,
    waiting: u64,
    /// Fewer than 32 between calls.
    bits: u32,
}

impl<'a> BitWriter<'a> {
    pub(super) fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes, waiting: 0, bits: 0 }
    }

    /// The lowest `bits` of a number, 32 at most; the others are 0.
    fn put(&mut self, value: u64, bits: u32) {
        self.waiting |= value << self.bits;
        self.bits += bits;
        if self.bits >= 32 {
            let [a, b, c, d, ..] = self.waiting.to_le_bytes();
            self.bytes.extend_from_slice(&[a, b, c, d]);
            self.waiting >>= 32;
            self.bits -= 32;
        }
    }

    /// A number by its quotient in ones, and the rest in `k` bits.
    pub(super) fn rice(&mut self, value: u32, k: u32) {
        let mut quotient = value.checked_shr(k).unwrap_or(0);
        while quotient >= 31 {
            self.put(0, 31);
            quotient -= 31;
        }
        self.put(1 << quotient, quotient + 1);
        self.put(u64::from(value) & ((1 << k) - 1), k);
    }

    /// Ends the bits at a whole byte.
    pub(super) fn finish(self) {
        let whole = self.bits.div_ceil(8) as usize;
        self.bytes.extend(self.waiting.to_le_bytes().into_iter().take(whole));
    }
}

/// Reads bits again. Behind the end there is nothing.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    waiting: u64,
    bits: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, waiting: 0, bits: 0 }
    }

    /// Has at least 56 bits waiting, or all that are left.
    #[inline]
    fn refill(&mut self) {
        if let Some((word, _)) = self.bytes.split_first_chunk::<8>() {
            self.waiting |= u64::from_le_bytes(*word) << self.bits;
            let whole = (63 - self.bits) / 8;
            self.bytes = self.bytes.get(whole as usize..).unwrap_or_default();
            self.bits += whole * 8;
            // What is above comes again with the next bytes.
            self.waiting &= u64::MAX >> (64 - self.bits);
            return;
        }
        while self.bits < 56
            && let Some((byte, rest)) = self.bytes.split_first()
        {
            self.waiting |= u64::from(*byte) << self.bits;
            self.bytes = rest;
            self.bits += 8;
        }
    }

    /// The number that [`BitWriter::rice`] wrote; none if there is none.
    #[inline]
    pub(super) fn rice(&mut self, k: u32) -> Option<u32> {
        let mut quotient = 0u64;
        loop {
            if self.bits < 32 {
                self.refill();
            }
            let zeros = self.waiting.trailing_zeros();
            if zeros < self.bits {
                quotient += u64::from(zeros);
                self.take(zeros + 1);
                break;
            }
            if self.bits == 0 {
                return None;
            }
            quotient += u64::from(self.bits);
            (self.waiting, self.bits) = (0, 0);
        }
        if self.bits < k {
            self.refill();
            if self.bits < k {
                return None;
            }
        }
        let rest = self.waiting & ((1 << k) - 1);
        self.take(k);
        u32::try_from(quotient.checked_mul(1 << k)? | rest).ok()
    }

    #[inline]
    fn take(&mut self, bits: u32) {
        self.waiting = self.waiting.checked_shr(bits).unwrap_or(0);
        self.bits -= bits;
    }
}

/// A number in as few bytes as it needs, seven bits in each.
pub(super) fn put_number(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

/// Takes such a number off the front; none if there is none.
#[inline]
pub(super) fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    if first < 0x80 {
        return Some(first.into());
    }
    let mut value = u64::from(first & 0x7f);
    for shift in (7..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// The same for a size or a place in memory.
#[inline]
pub(super) fn take_size(bytes: &mut &[u8]) -> Option<usize> {
    take_number(bytes).and_then(|value| usize::try_from(value).ok())
}

/// Takes so many bytes off the front.
#[inline]
pub(super) fn take_bytes<'a>(bytes: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(n)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn numbers() -> impl Strategy<Value = Vec<u32>> {
        vec(prop_oneof![0u32..4, 0u32..300, 0u32..70_000], 0..200)
    }

    proptest! {
        #[test]
        fn bits_come_back(numbers in numbers(), k in 0u32..18) {
            let mut bytes = Vec::new();
            let mut writer = BitWriter::new(&mut bytes);
            numbers.iter().for_each(|number| writer.rice(*number, k));
            writer.finish();
            let mut reader = BitReader::new(&bytes);
            for number in &numbers {
                prop_assert_eq!(reader.rice(k), Some(*number));
            }
        }

        #[test]
        fn numbers_come_back(numbers in vec(any::<u64>(), 0..20), shift in 0u32..64) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| put_number(&mut bytes, number >> shift));
            let mut left = bytes.as_slice();
            for number in &numbers {
                prop_assert_eq!(take_number(&mut left), Some(number >> shift));
            }
            prop_assert_eq!(take_number(&mut left), None);
        }

        #[test]
        fn any_bytes_end(bytes in vec(any::<u8>(), 0..60), k in 0u32..32) {
            let mut reader = BitReader::new(&bytes);
            let read = std::iter::from_fn(|| reader.rice(k)).take(10_000).count();
            prop_assert!(read <= bytes.len() * 8);
            let mut left = bytes.as_slice();
            while take_number(&mut left).is_some() {}
        }

        #[test]
        fn the_parameter_keeps_them_short(numbers in vec(0u32..70_000, 1..200)) {
            let sum: u64 = numbers.iter().copied().map(u64::from).sum();
            let k = suits(sum, numbers.len());
            let mut bytes = Vec::new();
            let mut writer = BitWriter::new(&mut bytes);
            numbers.iter().for_each(|number| writer.rice(*number, k));
            writer.finish();
            prop_assert!(bytes.len() * 8 <= numbers.len() * (k as usize + 4) + 8);
        }
    }
}
