//! Large tables: laid on huge pages, their entries fetched before they are needed.

/// From this size on, in bytes, a table is worth a word to the system.
const LARGE: usize = 1 << 20;

/// Asks the system to lay a vector's memory on huge pages.  A simulation reads its tables in no order: on small pages the processor
/// spends as much time on finding out where an entry lies as on reading it.
///
/// It is a wish: where it is not granted, nothing changes but the speed.
#[cfg(target_os = "linux")]
pub(crate) fn make_huge<T>(vector: &Vec<T>) {
    if vector.capacity().saturating_mul(size_of::<T>()) >= LARGE {
        wish(crate::os::Reserved::by(vector));
    }
}

// Not generic, so that what becomes of the error is generated once.
#[cfg(target_os = "linux")]
#[inline(never)]
fn wish(reserved: crate::os::Reserved<'_>) {
    let _ = crate::os::lay_on_huge_pages(reserved);
}

/// As on Linux, where there is nobody to ask.
#[cfg(not(target_os = "linux"))]
pub(crate) fn make_huge<T>(_vector: &Vec<T>) {}

/// Asks the processor to fetch what will be read soon, and goes on.  A load that finds nothing in the caches holds up all that
/// follows; this does not.
///
/// It is a wish: where it is not granted, nothing changes but the speed.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn prefetch<T>(wanted: &T) {
    use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

    let first = core::ptr::from_ref(wanted).cast::<i8>();
    // SAFETY: the instruction changes nothing but the caches, and never faults.
    #[allow(unsafe_code, reason = "the processor has no safe form of this instruction")]
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(first);
        // It may lie in two lines of the cache.
        if size_of::<T>() > align_of::<T>() {
            _mm_prefetch::<_MM_HINT_T0>(first.wrapping_add(size_of::<T>() - 1));
        }
    }
}

/// As on other processors, which are not asked.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn prefetch<T>(_wanted: &T) {}

/// A vector of equal items, on huge pages if it is large.
pub(crate) fn filled<T: Clone>(length: usize, item: T) -> Vec<T> {
    let mut vector = Vec::with_capacity(length);
    make_huge(&vector);
    vector.resize(length, item);
    vector
}
