"""A recurrent network in NumPy: at every time step it reads x_t and says which answer is right."""

import numpy as np


class RNN:
    def __init__(self, inputs: int, units: int, answers: int, rng: np.random.Generator) -> None:
        self.W_xh = rng.normal(size=(inputs, units)) / np.sqrt(inputs)
        self.W_hh = rng.normal(size=(units, units)) / np.sqrt(units)
        self.W_hy = rng.normal(size=(units, answers)) / np.sqrt(units)
        self.b_h, self.b_y = np.zeros(units), np.zeros(answers)

    def forward(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """States h and log-probabilities log_p, a row for each row x_t of x."""
        h, log_p = [], []
        h_t = np.zeros(len(self.W_hh))
        for x_t in x:
            h_t = np.tanh(x_t @ self.W_xh + h_t @ self.W_hh + self.b_h)
            y_t = h_t @ self.W_hy + self.b_y
            y_t = y_t - y_t.max()  # changes no probability, and no exponential overflows
            h.append(h_t)
            log_p.append(y_t - np.log(np.exp(y_t).sum()))
        return np.array(h), np.array(log_p)

    def loss(self, log_p: np.ndarray, target: np.ndarray) -> float:
        """L = -Σ_t log p_t[right answer]; the rows of target are one-hot."""
        return float(-(target * log_p).sum())

    def backward(self, x: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray]:
        """∂L/∂W of every parameter W, by backpropagation through time."""
        T = len(x)
        h, log_p = self.forward(x)
        gradients = {name: np.zeros_like(W) for name, W in vars(self).items()}
        da = np.zeros(len(self.W_hh))  # ∂L/∂a_t, a_t being what tanh is taken of
        for t in reversed(range(T)):
            dy = np.exp(log_p[t]) - target[t]
            da = (dy @ self.W_hy.T + da @ self.W_hh.T) * (1 - h[t] ** 2)
            h_before = h[t - 1] if t > 0 else np.zeros(len(self.W_hh))
            gradients["W_hy"] += np.outer(h[t], dy)
            gradients["b_y"] += dy
            gradients["W_xh"] += np.outer(x[t], da)
            gradients["W_hh"] += np.outer(h_before, da)
            gradients["b_h"] += da
        return gradients

    def update(self, x: np.ndarray, target: np.ndarray, alpha: float) -> None:
        """W ← W - α ∂L/∂W for every parameter W."""
        for name, gradient in self.backward(x, target).items():
            W = getattr(self, name)
            W -= alpha * gradient
