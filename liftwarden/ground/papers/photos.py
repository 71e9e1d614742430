"""Re-encodes one uploaded photo, inside the capped child process: smaller, upright, and without what it told besides.

Everything but the pixels goes: EXIF with its position and owner, colour profiles, comments, further frames.
"""

import base64
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from liftwarden.kernel.refusals import Refusal

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
LONG_SIDES = (2048, 1600, 1280, 1024, 800)
QUALITIES = (85, 75, 65)
TARGET_BYTES = 300 * 1024


class NotAPhoto(Refusal):
    """A file that is no photo of a kind we take."""

    code = "not_a_photo"
    sentence = "照片无法读取：只接收 JPEG、PNG 或 WebP；手机的 HEIC 照片请先另存为 JPEG。"


class TooManyPixels(Refusal):
    """A photo that would unpack to more than any camera takes."""

    code = "too_many_pixels"
    sentence = "照片有 {pixels} 像素，超过 {most} 像素；请缩小后再上传。"


@dataclass(frozen=True)
class Photo:
    """A JPEG as base64, and its size in pixels."""

    jpeg_base64: str
    width: int
    height: int


def reencoded(path: str) -> Photo:
    """Read a photo and write it anew as JPEG of about 300 KiB at most.

    Raises:
        NotAPhoto, TooManyPixels.

    """
    # Our own cap comes first, in words; Pillow's warning about large images would say it again.
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    try:
        with Image.open(path, formats=FORMATS) as image:
            _refuse_large(image)
            image.draft("RGB", (LONG_SIDES[0], LONG_SIDES[0]))
            upright = ImageOps.exif_transpose(image)
            data, size = _fitted(_opaque(upright))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise NotAPhoto from fault
    return Photo(base64.b64encode(data).decode(), *size)


def _refuse_large(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > MOST_PIXELS:
        raise TooManyPixels(pixels=pixels, most=MOST_PIXELS)


def _opaque(image: Image.Image) -> Image.Image:
    """Lay transparency on white: JPEG has none, and black would hide what a screenshot shows."""
    image.thumbnail((LONG_SIDES[0], LONG_SIDES[0]))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return image.convert("RGB")


def _fitted(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """Shrink until it fits: quality first, then size; the last try stands whatever it weighs."""
    # A fresh image carries pixels alone: whatever metadata the file had stays behind.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    data = b""
    for side in LONG_SIDES:
        bare.thumbnail((side, side))
        for quality in QUALITIES:
            out = io.BytesIO()
            bare.save(out, "JPEG", quality=quality, optimize=True)
            data = out.getvalue()
            if len(data) <= TARGET_BYTES:
                return data, bare.size
    return data, bare.size
