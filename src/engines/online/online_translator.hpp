// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A translation service as a Translator: one request for each sentence, and its answer looked at
// before it is spoken.

#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "engines/online/translation_api.hpp"
#include "http/client.hpp"
#include "speech/translator.hpp"

namespace livedub::online {

/// Asks as `api` says, and waits for an answer at most `timeout`.
///
/// prepare() has a word translated, within 2 s. A service that refuses it, or answers with
/// something else, is an error; one that cannot be reached, or has too much to do, may be back when
/// it is needed.
[[nodiscard]] std::unique_ptr<speech::Translator> make_online_translator(
    TranslationApi api, std::chrono::milliseconds timeout);

/// The translation of `source` in what a service answered.
///
/// Errors: kExhausted (429, or DeepL's 456: quota), kUnavailable (408, 5xx), kInvalidArgument (400:
/// the language or the text), kInternal (another refusal, as of the key; an answer that holds no
/// translation, the source text itself, or far more than a translation).
[[nodiscard]] Result<std::string> read_translation(const TranslationApi& api,
                                                   const http::FetchedPage& page,
                                                   std::string_view source);

}  // namespace livedub::online
