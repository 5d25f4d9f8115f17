//! Tells whether the package is built for one version of CPython, or for the limited interface of several.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
}
