"""Pack an office document again so that the same content is always the same bytes."""

import io
import zipfile

# The earliest moment that a ZIP entry can hold; a document carries no clock of ours.
EPOCH = (1980, 1, 1, 0, 0, 0)


def repacked(document: bytes) -> bytes:
    """Rewrite a ZIP container with fixed times, modes and order of entries as given."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, date_time=EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            made.writestr(entry, given.read(name))
    return out.getvalue()
