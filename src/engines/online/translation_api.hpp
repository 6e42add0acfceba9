// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How translation services are asked over HTTP, and where their answers hold what: DeepL's v2 API,
// LibreTranslate's, and the chat completions that OpenAI defined and many servers speak. Pure
// functions; online_translator.hpp does the asking.

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "http/client.hpp"
#include "speech/translator.hpp"

namespace livedub::online {

struct TranslationApi {
    std::string name;  // as the settings call it
    std::function<http::FetchRequest(const speech::TranslationRequest& request)> ask;
    // JSON pointers (RFC 6901) into an answer.
    std::string translation_at;
    std::string complaint_at;  // what a refusal says
    bool heeds_context = false;
    /// What there is to undo in an answer to a request with signs; empty: nothing.
    std::function<std::string(std::string_view answer)> read_signed{};
};

/// Signs are sent as XML elements whose content DeepL is told to leave alone.
///
/// @param url Empty: DeepL's own, which depends on whether `key` is one of the free plan (":fx").
[[nodiscard]] TranslationApi deepl_api(std::string url, std::string key);

/// @param key Empty: the server asks for none.
[[nodiscard]] TranslationApi libretranslate_api(std::string url, std::string key);

/// Told what was said before, how long the translation may be, and what the signs in the text stand
/// for.
///
/// @param base_url With its version, as "https://api.openai.com/v1".
/// @param key Empty: the server asks for none.
[[nodiscard]] TranslationApi chat_completions_api(std::string base_url, std::string key,
                                                  std::string model);

}  // namespace livedub::online
