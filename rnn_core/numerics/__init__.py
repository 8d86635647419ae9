"""Numbers and memory: norms that do not overflow, projections, memory used again, one BLAS thread."""
