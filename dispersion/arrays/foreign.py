"""What other libraries hand over: tensors, tables, masked and sparse arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from dispersion.errors import InputError, shown

EPS = float(np.finfo(np.float64).eps)


def _library(values: object) -> str:
    """The package that the type of `values` comes from."""
    return type(values).__module__.partition(".")[0]


def is_table(values: object) -> bool:
    """Whether this is a table of pandas, which is not imported for it."""
    return _library(values) == "pandas" and hasattr(values, "columns")


def is_tensor(values: object) -> bool:
    """Whether this is a tensor of torch, which is not imported for it."""
    return _library(values) == "torch" and hasattr(values, "detach")


def unwrapped(values: Any, wanted: str) -> Any:
    """`values` in a form that numpy reads without losing anything.

    Parameters
    ----------
    values : array_like, torch.Tensor or pandas.DataFrame
        What a user gave.
    wanted : str
        What messages say is needed.

    Raises
    ------
    InputError
        The array is masked or sparse: numpy would forget the mask, and nothing says what the entries
        mean that are not stored.
    """
    if isinstance(values, np.ma.MaskedArray):
        masked = int(np.ma.getmaskarray(values).sum())
        if masked:
            raise InputError(
                f"{wanted} is needed, got an array with {masked:,} masked entries; give them values "
                "with .filled(...), or leave out their points."
            )
        return values.data
    if hasattr(values, "nnz") and hasattr(values, "toarray"):
        raise _sparse(wanted, "toarray")
    if is_tensor(values):
        return _of_tensor(values, wanted)
    if is_table(values):
        return values.to_numpy()
    if isinstance(values, list | tuple) and any(_special(row) for row in values):
        return [unwrapped(row, wanted) for row in values]
    return values


def _special(row: object) -> bool:
    return isinstance(row, np.ma.MaskedArray) or is_tensor(row)


def _sparse(wanted: str, method: str) -> InputError:
    return InputError(
        f"{wanted} is needed, got a sparse one, which does not say what its missing entries are; "
        f"give D.{method}() if they are 0."
    )


def _of_tensor(tensor: Any, wanted: str) -> Any:
    if "sparse" in str(tensor.layout):
        raise _sparse(wanted, "to_dense")
    try:
        plain = tensor.detach().cpu().resolve_conj()
        narrow = plain.dtype.is_floating_point and plain.element_size() < 4  # numpy has no bfloat16
        return (plain.float() if narrow else plain).numpy()
    except (RuntimeError, TypeError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{wanted} is needed; this tensor cannot be read: {reason}.") from error


def rounding_unit(values: Any) -> float:
    """The distance from 1 to the next number of the type that `values` were computed in; 0 if whole."""
    dtype: Any = getattr(values, "dtype", None)
    if is_tensor(values):
        import torch

        return float(torch.finfo(dtype).eps) if values.is_floating_point() else 0.0
    if is_table(values):
        return rounding_unit(values.to_numpy())
    if not isinstance(dtype, np.dtype) or dtype.kind not in "fiub":
        return EPS
    return max(float(np.finfo(dtype).eps), EPS) if dtype.kind == "f" else 0.0


def labels_of(values: Any) -> tuple[str, ...] | None:
    """The names of the points of a table: of its rows or, if those are only numbered, its columns.

    Raises
    ------
    InputError
        The rows of a square table are named, and its columns otherwise.
    """
    if not is_table(values):
        return None
    rows, columns = [str(one) for one in values.index], [str(one) for one in values.columns]
    numbered = [str(k) for k in range(len(rows))]
    if len(rows) != len(columns):
        return None if rows == numbered else tuple(rows)
    if rows != columns and numbered not in (rows, columns):
        k = next(k for k in range(len(rows)) if rows[k] != columns[k])
        raise InputError(
            f"row {k} of the table is called {shown(rows[k])} and column {k} {shown(columns[k])}; put "
            "both in one order, as in D.loc[D.index, D.index]."
        )
    named = columns if rows == numbered else rows
    return None if named == numbered else tuple(named)
