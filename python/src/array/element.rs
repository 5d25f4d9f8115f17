//! The types of an array's elements: numbers of a size, under the names that NumPy and PyTorch have for them.

use core::fmt;

use super::dlpack::DataType;

/// A type of elements.  On the wire it is its place in [`ALL`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: &'static str,
    /// Which kind of number DLPack says that it is.
    code: u8,
    bits: u8,
}

const fn element(name: &'static str, code: u8, bits: u8) -> Element {
    Element { name, code, bits }
}

/// DLPack's numbers for the kinds of elements.
const INT: u8 = 0;
const UINT: u8 = 1;
const FLOAT: u8 = 2;
const BFLOAT: u8 = 4;
const COMPLEX: u8 = 5;
const BOOL: u8 = 6;

/// All of them, in the order of the wire.
static ALL: [Element; 15] = [
    element("bool", BOOL, 8),
    element("int8", INT, 8),
    element("int16", INT, 16),
    element("int32", INT, 32),
    element("int64", INT, 64),
    element("uint8", UINT, 8),
    element("uint16", UINT, 16),
    element("uint32", UINT, 32),
    element("uint64", UINT, 64),
    element("float16", FLOAT, 16),
    element("float32", FLOAT, 32),
    element("float64", FLOAT, 64),
    element("bfloat16", BFLOAT, 16),
    element("complex64", COMPLEX, 64),
    element("complex128", COMPLEX, 128),
];

impl Element {
    /// The one at that place.
    pub(crate) fn at(place: u8) -> Option<&'static Self> {
        ALL.get(usize::from(place))
    }

    pub(crate) fn place(&'static self) -> u8 {
        ALL.iter().position(|known| known == self).unwrap_or_default() as u8
    }

    /// The one of that name; a library may stand before it: `torch.float32`.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        let name = name.rsplit('.').next().unwrap_or_default();
        ALL.iter().find(|known| known.name == name)
    }

    /// The one that the format of a Python buffer and the size of an item say, in this machine's order of bytes.
    pub(crate) fn of_buffer(format: &[u8], size: usize) -> Option<&'static Self> {
        let code = match format.strip_prefix(b"=").or_else(|| format.strip_prefix(b"<")).unwrap_or(format) {
            b"?" => BOOL,
            b"b" | b"h" | b"i" | b"l" | b"q" => INT,
            b"B" | b"H" | b"I" | b"L" | b"Q" => UINT,
            b"e" | b"f" | b"d" => FLOAT,
            b"Zf" | b"Zd" => COMPLEX,
            _ => return None,
        };
        ALL.iter().find(|known| known.code == code && known.size() == size)
    }

    /// The one that DLPack says.
    pub(crate) fn of_dlpack(of: DataType) -> Option<&'static Self> {
        ALL.iter().find(|known| known.dlpack() == of)
    }

    pub(crate) fn dlpack(&self) -> DataType {
        DataType { code: self.code, bits: self.bits, lanes: 1 }
    }

    /// How many bytes one takes.
    pub(crate) fn size(&self) -> usize {
        usize::from(self.bits / 8)
    }

    pub(crate) fn is_bool(&self) -> bool {
        self.code == BOOL
    }

    /// How many bytes an array of that shape takes; `None` if no machine has so many.
    pub(crate) fn bytes(&self, shape: &[u64]) -> Option<usize> {
        let size = shape.iter().try_fold(self.size() as u64, |bytes, length| bytes.checked_mul(*length))?;
        usize::try_from(size).ok().filter(|size| *size <= isize::MAX as usize)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

// Buffers are sent as they lie in memory, and the wire is little-endian.
const _: () = assert!(cfg!(target_endian = "little"), "arrays are carried between little-endian machines");
