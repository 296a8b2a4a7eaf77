"""`parties.yaml` cut into blocks, each with the line it starts on and the line of every key in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from include.errors import ConfigurationError

# The parser in C is six times as fast, and every task process reads this file.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class YamlBlock:
    """One party's block, not yet checked. Lines count from 1."""

    node: yaml.Node
    loader: Any

    @property
    def line(self) -> int:
        """Where the block starts."""
        return int(self.node.start_mark.line) + 1

    def raw(self, key: str) -> Any:
        """A plain value of the block as text, or None; for what must be known of a block that may be broken."""
        for name, value in self._pairs():
            if name.value == key and isinstance(value, yaml.ScalarNode):
                return value.value
        return None

    def content(self) -> Any:
        """The block as plain Python values. Raises ValueError with a sentence for YAML that cannot be built."""
        try:
            return self.loader.construct_document(self.node)
        except (yaml.YAMLError, ValueError, TypeError) as error:
            raise ValueError(_problem(error)) from None

    def repeated_key(self) -> tuple[str, int] | None:
        """The first key given twice in one mapping, with its line: YAML would silently take the last one."""
        return _repeated(self.node)

    def line_of(self, path: Sequence[int | str]) -> int:
        """The line of what a path of keys and positions names, or of the nearest thing around it."""
        node, line = self.node, self.line
        for part in path:
            if isinstance(node, yaml.MappingNode):
                found = [(key, value) for key, value in node.value if key.value == str(part)]
                if not found:
                    break
                key, node = found[0]
                line = key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
        return line

    def _pairs(self) -> list[tuple[yaml.Node, yaml.Node]]:
        return list(self.node.value) if isinstance(self.node, yaml.MappingNode) else []


def read_blocks(path: Path) -> list[YamlBlock]:
    """Every entry under `parties:`. Raises ConfigurationError when the file is missing or has another shape."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"The parties file {path} cannot be read ({error.strerror}): set SAMSVAR_PARTIES_FILE to the right one."
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"The parties file {path} is not UTF-8 (byte {error.start}): save it as UTF-8."
        ) from None
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        raise ConfigurationError(f"The parties file {path} is not YAML: {_problem(error)}.") from None
    return [YamlBlock(node, loader) for node in _entries(root, path)]


def _entries(root: yaml.Node | None, path: Path) -> list[yaml.Node]:
    if not isinstance(root, yaml.MappingNode):
        raise ConfigurationError(f"The parties file {path} must start with `parties:` and a list of blocks.")
    for key, value in root.value:
        line, name = key.start_mark.line + 1, str(key.value)
        if name.startswith("x-"):
            continue
        if name != "parties":
            raise ConfigurationError(
                f"Line {line} of the parties file {path}: `{name}` is not known here, only `parties` "
                "(and names that start with `x-`, for anchors)."
            )
        if isinstance(value, yaml.SequenceNode):
            return list(value.value)
        if isinstance(value, yaml.ScalarNode) and value.value in ("", "~", "null"):
            return []
        raise ConfigurationError(
            f"Line {line} of the parties file {path}: `parties` must be a list, each block with '- '."
        )
    raise ConfigurationError(f"The parties file {path} has no `parties:` list.")


def _repeated(node: yaml.Node, seen: frozenset[int] = frozenset()) -> tuple[str, int] | None:
    if id(node) in seen or isinstance(node, yaml.ScalarNode):
        return None
    seen |= {id(node)}
    children = list(node.value)
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in keys:
                    return key.value, key.start_mark.line + 1
                keys.add(key.value)
        children = [value for _, value in node.value]
    for child in children:
        if found := _repeated(child, seen):
            return found
    return None


def _problem(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
