"""A value that is worked out when it is first asked for, and kept.

Like `functools.cached_property`, but without the lock that Python 3.11 takes each time: a document is checked by one
thread, and working a value out twice would come to the same. A check asks for some twenty of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class lazily(Generic[Value]):  # noqa: N801 - a decorator, named as one reads it
    """Turns a method without arguments into an attribute; the class must have no slots."""

    def __init__(self, read: Callable[[Any], Value]) -> None:
        """`read` is the method."""
        self._read = read
        self._name = ""
        self.__doc__ = read.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Value: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> Value | Self:
        """The value. Asked for only once: afterwards the attribute of the instance stands before this one."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._read(instance)
        return value
