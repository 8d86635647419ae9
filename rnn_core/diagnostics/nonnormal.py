"""Non-normal recurrent weights: gradients that grow for a while though the spectral radius is below 1.

The spectral radius tells what ‖W^k‖ does as k grows without end. If W is normal, W Wᵀ = Wᵀ W, ‖W^k‖₂ = ρ^k from the
start. Otherwise eigenvectors are not orthogonal, and what they cancelled at first can come to light before it decays.

Source: Henrici, "Bounds for iterates, inverses, spectral variation and fields of values of non-normal matrices",
Numerische Mathematik 4 (1962); Trefethen and Embree, "Spectra and Pseudospectra", Princeton 2005; in recurrent
networks: Ganguli, Huh and Sompolinsky, "Memory traces in dynamical systems", PNAS 105 (2008).
"""

from __future__ import annotations

import math

import numpy as np

from rnn_core.types import Floats

from .spectra import eigenvalues


def chain(size: int, eigenvalue: float, link: float) -> Floats:
    """A chain W (H, H): each unit keeps the share `eigenvalue` of itself and hands `link` times itself to the next.

    W = λ I + c N with ones above N's diagonal, so every eigenvalue is λ, whatever the link c, and

        W^k [i, i + j] = C(k, j) λ^(k-j) c^j,

    which for c > 1 - λ rises before it falls. A gradient goes the chain backwards, from the last unit to the first.

    Raises
    ------
    ValueError
        For fewer than 2 units, which are no chain.
    """
    if size < 2:
        raise ValueError(f"size is {size}; a chain has at least 2 units")
    return eigenvalue * np.eye(size) + link * np.eye(size, k=1)


def departure_from_normality(matrix: Floats) -> float:
    """Henrici's √(‖W‖_F² - Σ|λ|²): 0 for a normal matrix, the norm of the triangle above Schur's diagonal for any.

    Computed from squares that nearly cancel if W is nearly normal: below about 1e-7 ‖W‖_F it is rounding. nan for a
    matrix that is not finite. The chain's is c √(H - 1).
    """
    if not np.isfinite(matrix).all():
        return math.nan
    W = matrix.astype(np.float64)
    squares = float((W * W).sum()) - float((np.abs(eigenvalues(W)) ** 2).sum())
    return math.sqrt(max(squares, 0.0))
