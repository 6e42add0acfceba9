# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What sts-service does with words around its translators: glossaries, what was said before, what it remembers."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.sts_service import StsClient, StsService, labelled
from support.translation_server import SPANISH

pytestmark = pytest.mark.timeout(180)

# Of the sentence that the tests speak; which of them a recogniser hears is its affair.
TERMS = {"people": "paisanaje", "country": "terruño", "want to": "ansía", "work": "faenar"}


@pytest.fixture
def glossary(tmp_path):
    path = tmp_path / "terms.tsv"
    path.write_text("# our words\n\n" + "".join(f"{term}\t{said}\ten-es\n" for term, said in TERMS.items()))
    return {"GLOSSARY_PATH": str(path)}


def dub(client: StsClient, number: int, spoken: bytes) -> dict:
    client.send(number, **labelled(spoken), sequence_number=number)
    result = client.results(number + 1, 60)[-1]
    assert result["status"] == "success", result["error"]
    return result


def dub_one(service: StsService, spoken: bytes, **config) -> dict:
    with StsClient(service) as client:
        client.init(sample_rate_hz=44100, channels=2, **config)
        return dub(client, 0, spoken)


@pytest.mark.parametrize("provider", ["apertium", "deepl", "libretranslate", "openai-compatible"])
def test_a_glossary_survives_every_provider(service, server, sentence, glossary, provider):
    running = service(server.settings(provider) | glossary)
    result = dub_one(running, sentence)
    heard = [term for term in TERMS if term in result["transcript"].lower()]
    assert heard, result["transcript"]
    translated = result["translated_text"].lower()
    assert all(TERMS[term] in translated for term in heard), translated
    assert "qz" not in translated and "<x>" not in translated
    assert running.total("sts_glossary_terms_total", result="kept") == len(heard)
    assert running.total("sts_glossary_terms_total", result="lost") == 0
    if provider == "openai-compatible":
        system = server.asked[-1][1]["messages"][0]["content"]
        assert all(f'"{term}", which is "{TERMS[term]}"' in system.lower() for term in heard), system


def test_a_term_that_a_provider_loses_is_not_made_up(service, server, sentence, glossary):
    running = service(server.settings("libretranslate") | glossary)
    with StsClient(running) as client:
        client.init(sample_rate_hz=44100, channels=2)
        server.instead = (200, json.dumps({"translatedText": SPANISH}).encode())
        result = dub(client, 0, sentence)
    assert result["translated_text"] == SPANISH
    assert running.total("sts_glossary_terms_total", result="lost") >= 1
    asked = [body["q"] for _, body in server.asked]
    assert "qz" in asked[-2].lower() and "qz" not in asked[-1].lower()
    assert sum("glossary_terms_lost" in line for _, line in running.err) == 1


def test_a_translation_is_remembered_for_all_streams(service, server, sentence):
    running = service(server.settings("libretranslate"))
    first = dub_one(running, sentence)
    asked = len(server.asked)
    assert running.total("sts_translation_cache_lookups_total", result="hit") == 0
    second = dub_one(running, sentence)
    assert second["translated_text"] == first["translated_text"]
    assert len(server.asked) == asked
    assert running.total("sts_translation_cache_lookups_total", result="hit") >= 1


def test_text_that_comes_back_is_no_translation(service, server, sentence):
    running = service(server.settings("libretranslate,apertium"))
    with StsClient(running) as client:
        client.init(sample_rate_hz=44100, channels=2)
        server.is_lazy = True
        results = [dub(client, number, sentence) for number in range(2)]
    for result in results:
        # Two of its words in Spanish: Apertium's.
        said = result["translated_text"].lower()
        assert said != result["transcript"].lower()
        assert any(word in said for word in ("país", "personas", "trabajar", "gente")), said
    asked = [body["q"] for _, body in server.asked[1:]]
    assert len(asked) == 2 and asked[0] == asked[1]  # it was not remembered as a translation
    assert running.total("sts_provider_failovers_total", stage="translation") == 2
    assert sum("came back untranslated" in line for _, line in running.err) == 2


def test_a_chat_model_is_told_what_was_said_before_and_how_much_time_there_is(service, server, sentence):
    running = service(server.settings("openai-compatible"))
    with StsClient(running) as client:
        client.init(sample_rate_hz=44100, channels=2)
        transcripts = [dub(client, number, sentence)["transcript"] for number in range(2)]
    # The word of the stream's init, then the sentences.
    first, last = server.asked[1][1]["messages"], server.asked[-1][1]["messages"]
    assert [message["role"] for message in first] == ["system", "user"]
    assert first[-1]["content"] in transcripts[0]
    said = [message["content"] for message in last if message["role"] == "assistant"]
    assert said and set(said) == {SPANISH}
    assert last[1]["content"] in transcripts[0] and last[-1]["content"] in transcripts[1]
    assert "There is time for" in last[0]["content"]


def test_the_sports_glossary_helps_apertium(build):
    """Counted in sentences whose key words are right; the figures are in docs/engines.md."""
    tool = Path(__file__).resolve().parents[2] / "tools/commentary.py"
    done = subprocess.run([sys.executable, tool, "--build", build], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    seen, unseen = ([int(number) for number in re.findall(r"\d+", line)] for line in done.stdout.splitlines())
    assert seen[2] > 0.9 * seen[1] and seen[0] < 0.2 * seen[1], done.stdout
    assert unseen[2] >= 0.5 * unseen[1] and unseen[0] < 0.3 * unseen[1], done.stdout


@pytest.fixture(scope="module")
def commentary(tmp_path_factory):
    """A sentence of sports in a file of four seconds."""
    folder = tmp_path_factory.mktemp("commentary")
    subprocess.run(["flite", "-voice", "rms", "-t", "The home team wins the game in the second half.", "-o",
                    str(folder / "spoken.wav")], check=True)  # fmt: skip
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(folder / "spoken.wav"), "-af", "apad", "-t", "4", "-ar", "44100",
                    "-ac", "2", str(folder / "commentary.m4a")], check=True)  # fmt: skip
    return (folder / "commentary.m4a").read_bytes()


def test_a_stream_of_sports_is_translated_in_the_words_of_sports(service, commentary):
    running = service({})
    plain = dub_one(running, commentary)
    assert running.total("sts_glossary_terms_total") == 0
    helped = dub_one(running, commentary, domain_hints=["news", "football"])
    assert helped["transcript"] == plain["transcript"]
    assert running.total("sts_glossary_terms_total", result="kept") >= 1, helped["transcript"]
    words = ("equipo local", "partido", "segunda parte")
    assert sum(word in helped["translated_text"].lower() for word in words) > sum(
        word in plain["translated_text"].lower() for word in words
    ), (plain["translated_text"], helped["translated_text"])


def test_the_own_glossary_comes_before_that_of_sports(service, commentary, tmp_path):
    (tmp_path / "own.tsv").write_text("home team\tlos nuestros\ngame\tcotejo\nhalf\ttiempo\n")
    result = dub_one(service({"GLOSSARY_PATH": str(tmp_path / "own.tsv")}), commentary, domain_hints=["sports"])
    said = result["translated_text"].lower()
    assert any(word in said for word in ("los nuestros", "cotejo", "tiempo")), (result["transcript"], said)
    assert not any(word in said for word in ("equipo local", "partido", "segunda parte")), said


BAD = {
    "no tab": (b"a\tb\nstriker delantero\n", "line 2: no tab"),
    "empty term": (b"a\tb\n\tb\n", "line 2: the term is empty"),
    "empty translation": (b"a\t\n", "line 1: the translation is empty"),
    "not UTF-8": (b"ni\xf1o\tchild\n", "line 1: not UTF-8"),
    "two translations": (b"a\tb\nA\tc\n", 'line 2: "A" is "b" in line 1'),
    "no pair": (b"a\tb\tspanish\n", 'line 1: "spanish" is no pair of languages'),
    "too large": (b"#" * (1 << 20) + b"##", "too large"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_glossary_is_named_at_the_start(sts_binary, tmp_path, case):
    content, complaint = BAD[case]
    path = tmp_path / "terms.tsv"
    path.write_bytes(content)
    done = subprocess.run([sts_binary, "--check-config", "--glossary-path", path], env={"PATH": "/usr/bin:/bin"},
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 10
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"sts-service: GLOSSARY_PATH: {path}: {complaint}"), done.stderr
    assert "(allowed: " in done.stderr


def test_a_glossary_that_is_not_there_is_named_at_the_start(sts_binary, tmp_path):
    for path in (tmp_path / "none.tsv", tmp_path):
        done = subprocess.run([sts_binary, "--check-config", "--glossary-path", path], env={"PATH": "/usr/bin:/bin"},
                              capture_output=True, text=True, timeout=60)  # fmt: skip
        assert done.returncode == 10 and f"GLOSSARY_PATH: {path}: " in done.stderr, done.stderr


def test_an_echo_reads_no_glossary(sts_binary):
    done = subprocess.run([sts_binary, "--mode", "echo", "--check-config", "--glossary-path", "/no/such/file"],
                          env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
