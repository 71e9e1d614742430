"""Files from outside: bombs, sleepers and hogs are each refused in words, and an honest file is not."""

import struct
import sys
import time
import zipfile

import pytest

from liftwarden.ground.intake import capped, precheck
from liftwarden.ground.intake.capped import Limits, ParserFailed, ParserRefused, ParserStopped
from liftwarden.ground.intake.precheck import UnsafeFile
from liftwarden.kernel.refusals import Refusal

MIB = 1024 * 1024


# --- Parsers for the child to call: each is a function of this module ------------------------------------------------


def measure(path, *words):
    with open(path, "rb") as file:
        return {"bytes": len(file.read()), "words": list(words)}


def sleep(path):
    time.sleep(60)


def spin(path):
    while True:
        pass


def hog(path):
    return len(bytearray(2 * 1024 * MIB))


def chatter(path):
    return "x" * (2 * MIB)


def stumble(path):
    raise KeyError("no such part")


def refuse(path):
    raise Refusal("这份表没有日期。")


def die(path):
    import os

    os._exit(3)


def print_first(path):
    sys.stdout.write("a parser's own words")
    return 7


def environment(path):
    import os

    return sorted(os.environ)


@pytest.fixture
def a_file(tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(b"12345")
    return path


TIGHT = Limits(cpu_seconds=1, wall_seconds=60, memory_bytes=512 * MIB, output_bytes=MIB)


class TestCapped:
    def test_gives_back_what_the_parser_returned(self, a_file):
        assert capped.run(measure, a_file, returns=dict, arguments=("一",)) == {"bytes": 5, "words": ["一"]}

    def test_stops_a_sleeper(self, a_file):
        began = time.monotonic()

        with pytest.raises(ParserStopped, match="仍未完成"):
            capped.run(sleep, a_file, returns=int, limits=Limits(wall_seconds=1))

        assert time.monotonic() - began < 30

    def test_stops_a_spinner(self, a_file):
        with pytest.raises(ParserStopped, match="处理器时间"):
            capped.run(spin, a_file, returns=int, limits=TIGHT)

    def test_stops_a_memory_hog(self, a_file):
        with pytest.raises(ParserStopped, match="内存"):
            capped.run(hog, a_file, returns=int, limits=TIGHT)

    def test_stops_a_chatterer(self, a_file):
        with pytest.raises(ParserStopped, match="允许的大小"):
            capped.run(chatter, a_file, returns=str, limits=TIGHT)

    def test_turns_a_fault_into_a_refusal_with_its_detail_for_the_log(self, a_file):
        with pytest.raises(ParserFailed) as failed:
            capped.run(stumble, a_file, returns=int, limits=TIGHT)

        assert "KeyError" in failed.value.detail
        assert "KeyError" not in str(failed.value)

    def test_turns_death_into_a_refusal(self, a_file):
        with pytest.raises(ParserFailed):
            capped.run(die, a_file, returns=int, limits=TIGHT)

    def test_hands_on_a_refusal_in_the_same_words(self, a_file):
        with pytest.raises(ParserRefused, match="这份表没有日期。"):
            capped.run(refuse, a_file, returns=int, limits=TIGHT)

    def test_keeps_prints_out_of_the_answer(self, a_file):
        assert capped.run(print_first, a_file, returns=int, limits=TIGHT) == 7

    def test_hands_none_of_our_environment_to_the_child(self, a_file, monkeypatch):
        monkeypatch.setenv("SECRET_KEY", "canary")

        assert "SECRET_KEY" not in capped.run(environment, a_file, returns=list, limits=TIGHT)


def zipped(path, parts, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


class TestPackage:
    def test_takes_an_honest_one_and_notes_what_is_in_it(self, tmp_path):
        link = b'<Relationship Type="x/externalLink" TargetMode="External" Target="file:///a"/>'
        parts = {"xl/vbaProject.bin": b"v", "xl/embeddings/a.docx": b"d", "xl/_rels/a.rels": link}

        package = precheck.package(zipped(tmp_path / "a.xlsx", parts))

        assert (package.macros, package.external, package.nested) == (True, True, ("xl/embeddings/a.docx",))

    def test_does_not_take_a_hyperlink_for_an_external_part(self, tmp_path):
        link = b'<Relationship Type="http://x/hyperlink" TargetMode="External" Target="http://a"/>'

        assert not precheck.package(zipped(tmp_path / "a.xlsx", {"xl/_rels/a.rels": link})).external

    def test_refuses_one_that_unpacks_to_too_much(self, tmp_path):
        bomb = zipped(tmp_path / "a.docx", {"word/document.xml": b" " * (60 * MIB)})

        with pytest.raises(UnsafeFile, match="压缩炸弹"):
            precheck.package(bomb)

    def test_refuses_a_ratio_past_a_hundred_to_one(self, tmp_path):
        bomb = zipped(tmp_path / "a.docx", {"word/document.xml": b" " * (5 * MIB)})

        with pytest.raises(UnsafeFile, match="100:1"):
            precheck.package(bomb)

    def test_refuses_one_that_lies_about_its_size(self, tmp_path):
        path = zipped(tmp_path / "a.docx", {"word/document.xml": b"x" * 5000})
        honest = path.read_bytes()
        path.write_bytes(honest.replace(struct.pack("<I", 5000), struct.pack("<I", 50)))

        with pytest.raises(UnsafeFile, match="已损坏"):
            precheck.package(path)

    @pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/passwd", "C:\\evil", "..\\evil"])
    def test_refuses_a_path_outside_itself(self, tmp_path, name):
        with pytest.raises(UnsafeFile, match="以外的路径"):
            precheck.package(zipped(tmp_path / "a.docx", {name: b"x"}))

    def test_refuses_one_name_twice(self, tmp_path):
        path = tmp_path / "a.docx"
        with zipfile.ZipFile(path, "w") as package:
            package.writestr("a", b"1")
            with pytest.warns(UserWarning, match="Duplicate"):
                package.writestr("a", b"2")

        with pytest.raises(UnsafeFile, match="重复出现"):
            precheck.package(path)

    def test_refuses_a_file_past_the_size(self, tmp_path):
        path = zipped(tmp_path / "a.docx", {"a": b"x" * 100}, zipfile.ZIP_STORED)

        with pytest.raises(UnsafeFile, match="超过"):
            precheck.package(path, precheck.Limits(file_bytes=50))

    def test_refuses_too_many_parts(self, tmp_path):
        path = zipped(tmp_path / "a.docx", {str(n): b"" for n in range(11)})

        with pytest.raises(UnsafeFile, match="部件"):
            precheck.package(path, precheck.Limits(entries=10))

    def test_refuses_another_way_of_packing(self, tmp_path):
        with pytest.raises(UnsafeFile, match="压缩方式"):
            precheck.package(zipped(tmp_path / "a.docx", {"a": b"x" * 100}, zipfile.ZIP_LZMA))
