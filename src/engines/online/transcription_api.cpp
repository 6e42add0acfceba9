// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/transcription_api.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/uuid.hpp"
#include "engines/online/service_answer.hpp"

namespace livedub::online {
namespace {

using nlohmann::json;

// Whisper's own limits (external contract, 7.1).
constexpr double kMostCompression = 2.4;
constexpr double kLeastLogProbability = -1.0;
constexpr double kMostNoSpeech = 0.6;

/// Whisper looks at the last 224 tokens of a prompt; names and the last sentence fit into these.
constexpr std::size_t kMostPrompt = 400;

/// One that is given in seconds from the start of what was sent.
struct Span {
    double begin_s = 0.0;
    double end_s = 0.0;
};

struct Word {
    std::string text;
    Span span;
};

/// Multipart, by hand: what is in it is few and small.
class Form {
  public:
    void add(std::string_view name, std::string_view value) {
        body_ += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n",
                             boundary_, name, value);
    }

    void add_file(std::string_view name, std::string_view file_name, std::string_view type,
                  std::string_view content) {
        body_ += fmt::format(
            "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n"
            "Content-Type: {}\r\n\r\n",
            boundary_, name, file_name, type);
        body_ += content;
        body_ += "\r\n";
    }

    [[nodiscard]] std::string type() const { return "multipart/form-data; boundary=" + boundary_; }
    [[nodiscard]] std::string finish() && {
        body_ += fmt::format("--{}--\r\n", boundary_);
        return std::move(body_);
    }

  private:
    const std::string boundary_ = make_uuid4();  // in no sound by chance
    std::string body_;
};

std::optional<double> number_at(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? std::optional{found->get<double>()}
                                                       : std::nullopt;
}

std::string text_in(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Nothing for times that are none: some servers say -0.01 of what they do not know.
std::optional<Span> span_of(const json& object) {
    const auto begin = number_at(object, "start");
    const auto end = number_at(object, "end");
    const bool is_span = begin && end && std::isfinite(*begin) && std::isfinite(*end) &&
                         *begin >= 0.0 && *begin <= *end;
    return is_span ? std::optional{Span{.begin_s = *begin, .end_s = *end}} : std::nullopt;
}

std::vector<std::string> split(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    std::vector<std::string> words;
    while (true) {
        const auto begin = text.find_first_not_of(kSpace);
        if (begin == std::string_view::npos) {
            return words;
        }
        const auto end = std::min(text.find_first_of(kSpace, begin), text.size());
        words.emplace_back(text.substr(begin, end - begin));
        text.remove_prefix(end);
    }
}

/// The words of `text`, each with a share of `span` as long as it is.
std::vector<Word> spread(const std::vector<std::string>& texts, const Span& span) {
    std::size_t letters = 0;
    for (const auto& text : texts) {
        letters += text.size() + 1;
    }
    std::vector<Word> words;
    std::size_t before = 0;
    const auto at = [&](std::size_t letter) {
        return span.begin_s + (span.end_s - span.begin_s) * static_cast<double>(letter) /
                                  static_cast<double>(letters);
    };
    for (const auto& text : texts) {
        const auto after = before + text.size() + 1;
        words.push_back({.text = text, .span = {.begin_s = at(before), .end_s = at(after)}});
        before = after;
    }
    return words;
}

/// Those of a "words" array that have a text and times. Some servers give the pieces that their
/// model knows instead, of which those that begin a word begin with a space.
std::vector<Word> words_in(const json& object) {
    std::vector<Word> words;
    const auto found = object.find("words");
    if (found == object.end() || !found->is_array()) {
        return words;
    }
    const bool are_pieces = std::ranges::any_of(*found, [](const json& entry) {
        return entry.is_object() && text_in(entry, "word").starts_with(' ');
    });
    for (const auto& entry : *found) {
        const auto span = entry.is_object() ? span_of(entry) : std::nullopt;
        const auto text = entry.is_object() ? text_in(entry, "word") : std::string{};
        const auto texts = split(text);
        if (texts.empty()) {
            continue;
        }
        if (are_pieces && !text.starts_with(' ') && !words.empty()) {
            words.back().text += texts.front();
            words.back().span.end_s =
                std::max(words.back().span.end_s, span.value_or(Span{}).end_s);
        } else if (span) {
            words.push_back({.text = fmt::format("{}", fmt::join(texts, " ")), .span = *span});
        }
    }
    return words;
}

/// Words are often given without the case and the stops that the whole text has.
std::vector<Word> as_written(std::vector<Word> words, std::string_view text) {
    auto written = split(text);
    if (written.size() == words.size()) {
        for (std::size_t at = 0; at < words.size(); ++at) {
            words[at].text = std::move(written[at]);
        }
    }
    return words;
}

/// What Whisper would not believe itself.
bool is_dropped(const json& segment) {
    const auto compression = number_at(segment, "compression_ratio").value_or(0.0);
    const auto log_probability = number_at(segment, "avg_logprob").value_or(0.0);
    const auto no_speech = number_at(segment, "no_speech_prob").value_or(0.0);
    return compression > kMostCompression ||
           (no_speech > kMostNoSpeech && log_probability < kLeastLogProbability);
}

bool is_within(const Word& word, const Span& span) {
    const auto middle = (word.span.begin_s + word.span.end_s) / 2.0;
    return middle >= span.begin_s && middle < span.end_s;
}

/// Without what is in brackets, "[BLANK_AUDIO]" or "(crowd cheering)", and notes of music: nobody
/// said that.
std::vector<Word> without_notes(std::vector<Word> words) {
    std::vector<Word> kept;
    bool is_inside = false;
    for (auto& word : words) {
        is_inside = is_inside || word.text.find_first_of("[(") != std::string::npos;
        if (!is_inside && word.text.find("\xE2\x99\xAA") == std::string::npos) {
            kept.push_back(std::move(word));
            continue;
        }
        is_inside = is_inside && word.text.find_first_of("])") == std::string::npos;
    }
    return kept;
}

/// The words of one segment: its own, or those of the whole that fall into it, or its text.
std::vector<Word> words_of_segment(const json& segment, const Span& span,
                                   const std::vector<Word>& all) {
    const auto text = text_in(segment, "text");
    auto words = words_in(segment);
    if (words.empty()) {
        std::ranges::copy_if(all, std::back_inserter(words),
                             [&](const Word& word) { return is_within(word, span); });
    }
    return without_notes(words.empty() ? spread(split(text), span)
                                       : as_written(std::move(words), text));
}

std::vector<Word> words_of_answer(const json& answer, const Span& whole) {
    auto all = words_in(answer);
    const auto text = text_in(answer, "text");
    const auto segments = answer.find("segments");
    if (segments == answer.end() || !segments->is_array() || segments->empty()) {
        return without_notes(all.empty() ? spread(split(text), whole)
                                         : as_written(std::move(all), text));
    }
    std::vector<Word> words;
    for (const auto& segment : *segments) {
        if (!segment.is_object() || is_dropped(segment)) {
            continue;
        }
        std::ranges::move(words_of_segment(segment, span_of(segment).value_or(whole), all),
                          std::back_inserter(words));
    }
    return words;
}

/// In order and within what was sent: servers round, and some pad.
std::vector<Phrase> on_timeline(std::vector<Word> words, StreamTime start, StreamDuration length) {
    const double length_s = std::chrono::duration<double>{length}.count();
    const auto place = [&](double at_s) {
        return start +
               std::chrono::duration_cast<StreamDuration>(std::chrono::duration<double>{at_s});
    };
    std::ranges::stable_sort(words, {}, [](const Word& word) { return word.span.begin_s; });
    std::vector<Phrase> phrases;
    double earliest_s = 0.0;
    for (auto& word : words) {
        const auto begin_s = std::clamp(word.span.begin_s, earliest_s, length_s);
        const auto end_s = std::clamp(word.span.end_s, begin_s, length_s);
        earliest_s = begin_s;
        phrases.push_back(
            {.text = std::move(word.text), .start = place(begin_s), .end = place(end_s)});
    }
    return phrases;
}

}  // namespace

http::FetchRequest transcription_request(const TranscriptionService& service,
                                         const TranscriptionQuestion& question) {
    Form form;
    form.add("model", service.model);
    form.add("language", primary_language(question.language));
    form.add("temperature", "0");
    if (question.detail == Detail::kWords) {
        form.add("response_format", "verbose_json");
        form.add("timestamp_granularities[]", "word");
        form.add("timestamp_granularities[]", "segment");
    } else {
        form.add("response_format", "json");
    }
    if (!question.prompt.empty()) {
        form.add("prompt", question.prompt);
    }
    form.add_file("file", "speech.wav", "audio/wav", question.wav);
    http::FetchRequest request{
        .url = below(service.url, "/audio/transcriptions"),
        .method = "POST",
        .headers = {{"Content-Type", form.type()}, {"Accept", "application/json"}},
        .body = std::move(form).finish()};
    if (!service.key.empty()) {
        request.headers.emplace_back("Authorization", "Bearer " + service.key);
    }
    return request;
}

bool refuses_detail(const http::FetchedPage& page) {
    return page.status == kBadRequest &&
           (page.body.find("response_format") != std::string::npos ||
            page.body.find("timestamp_granularities") != std::string::npos);
}

Result<std::vector<Phrase>> read_transcription(const http::FetchedPage& page, std::string_view name,
                                               StreamTime start, StreamDuration length) {
    if (page.status != kOk) {
        return tl::unexpected{
            speech_refusal_in(page, name, {"/error/message", "/error", "/detail"})};
    }
    const auto answer = json::parse(page.body, nullptr, false);
    if (!answer.is_object()) {
        return fail(ErrorCode::kInternal, fmt::format("{}: the answer is not a JSON object", name));
    }
    const auto text = answer.find("text");
    if (text == answer.end() || !text->is_string()) {
        return fail(ErrorCode::kInternal, fmt::format("{}: the answer has no text", name));
    }
    const Span whole{.begin_s = 0.0, .end_s = std::chrono::duration<double>{length}.count()};
    return on_timeline(words_of_answer(answer, whole), start, length);
}

std::string transcription_prompt(const std::vector<std::string>& hints, std::string_view before) {
    auto prompt = hints.empty() ? std::string{} : fmt::format("{}.", fmt::join(hints, ", "));
    if (before.size() > kMostPrompt) {
        before.remove_prefix(before.size() - kMostPrompt);
        before.remove_prefix(std::min(before.find(' '), before.size()));  // no half a word
    }
    before.remove_prefix(std::min(before.find_first_not_of(' '), before.size()));
    if (!before.empty()) {
        prompt += prompt.empty() ? "" : " ";
        prompt += before;
    }
    return prompt;
}

}  // namespace livedub::online
