// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The transcriptions that OpenAI defined and many servers of Whisper speak: how they are asked for,
// and what of an answer was said. Pure functions; online_recogniser.hpp does the asking.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dubbing/dubber.hpp"
#include "http/client.hpp"

namespace livedub::online {

struct TranscriptionService {
    std::string url;  // with its version, as "https://api.openai.com/v1"
    std::string key;  // empty: the server asks for none
    std::string model;
};

/// How much a server is asked to tell.
enum class Detail {
    kWords = 1,  // verbose_json: words and segments with their times, and how sure it is of them
    kText = 2,   // json: some models know no other
};

struct TranscriptionQuestion {
    std::string_view wav;
    std::string language;  // BCP 47
    std::string prompt;    // what was said before, and what it is about; may be empty
    Detail detail = Detail::kWords;
};

/// A form as RFC 7578 has it.
[[nodiscard]] http::FetchRequest transcription_request(const TranscriptionService& service,
                                                       const TranscriptionQuestion& question);

/// True when what was refused is the kind of answer, so that asking for Detail::kText may do.
[[nodiscard]] bool refuses_detail(const http::FetchedPage& page);

/// The words in an answer, with the times that it gives them: of words, else spread over their
/// segment, else over the whole. Segments that Whisper's own limits call silence or babble
/// (external contract, 7.1) are left out; so nothing may be left, which is no error.
///
/// @param name For errors.
/// @param start Where what was sent begins on the timeline, @param length how long it is.
///
/// Errors: those of speech_refusal_in(); kInternal for an answer that is none.
[[nodiscard]] Result<std::vector<Phrase>> read_transcription(const http::FetchedPage& page,
                                                             std::string_view name,
                                                             StreamTime start,
                                                             StreamDuration length);

/// What a server is told before it listens: the hints, and of `before` as much of the end as its
/// model looks at.
[[nodiscard]] std::string transcription_prompt(const std::vector<std::string>& hints,
                                               std::string_view before);

}  // namespace livedub::online
