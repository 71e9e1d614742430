"""Reads a table from outside: looked at by its bytes, then parsed in the capped child process."""

from pathlib import Path

from liftwarden.casework.registry.importing import reading
from liftwarden.casework.registry.importing.mapping import Source
from liftwarden.casework.registry.importing.reading import Sheet
from liftwarden.ground.intake import capped, precheck

MIB = 2**20
# A province's whole list: about 300,000 rows.
READ_LIMITS = capped.Limits(cpu_seconds=180, wall_seconds=300.0, memory_bytes=4096 * MIB, output_bytes=1024 * MIB)
FILE_LIMITS = precheck.Limits(file_bytes=200 * MIB, unpacked_bytes=1536 * MIB, ratio=200, entries=2_000)


def read(path: Path, source: Source) -> Sheet:
    """Read a table.

    Raises:
        UnsafeFile, ParserStopped, ParserFailed, ParserRefused: if it cannot be read.

    """
    if path.stat().st_size > FILE_LIMITS.file_bytes:
        raise precheck.UnsafeFile(reason=f"文件超过 {FILE_LIMITS.file_bytes // MIB} MiB")
    if precheck.kind_of(path) is precheck.Kind.ZIP:
        precheck.package(path, FILE_LIMITS)
    arguments = (source.sheet, str(source.header_row), source.encoding, source.delimiter)
    return capped.run(reading.table, path, returns=Sheet, arguments=arguments, limits=READ_LIMITS)
