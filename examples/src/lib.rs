//! The catalogue of algorithms.
