// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/translation_api.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engines/online/service_answer.hpp"

namespace livedub::online {
namespace {

using nlohmann::json;
using speech::LanguagePair;

template <typename Change>
std::string changed(std::string_view text, Change change) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), [&](unsigned char c) {
        return c == '_' ? '-' : static_cast<char>(change(c));
    });
    return result;
}

std::string deepl_source(std::string_view tag) {
    return changed(primary_language(tag), [](int c) { return std::toupper(c); });
}

/// DeepL wants to know which English and which Portuguese, and takes no other regions.
std::string deepl_target(std::string_view tag) {
    constexpr std::array<std::string_view, 7> kWithRegion{"EN-GB", "EN-US",   "ES-419", "PT-BR",
                                                          "PT-PT", "ZH-HANS", "ZH-HANT"};
    auto whole = changed(tag, [](int c) { return std::toupper(c); });
    if (std::ranges::find(kWithRegion, whole) != kWithRegion.end()) {
        return whole;
    }
    const auto language = deepl_source(tag);
    if (language == "EN") {
        return "EN-US";
    }
    return language == "PT" ? "PT-PT" : language;
}

http::FetchRequest post(std::string url, const json& body) {
    return {.url = std::move(url),
            .method = "POST",
            .headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}},
            // What is not UTF-8 cannot be asked in JSON; it is replaced.
            .body = body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

std::string instructions(const LanguagePair& pair) {
    return fmt::format(
        "You translate live speech from {} to {} for dubbing. Answer with the translation of what "
        "you are given and with nothing else: no notes, no quotation marks. Keep names and "
        "numbers. "
        "Be as brief as the original: it is spoken in the same time.",
        pair.source, pair.target);
}

}  // namespace

TranslationApi deepl_api(std::string url, std::string key) {
    if (url.empty()) {
        url = key.ends_with(":fx") ? "https://api-free.deepl.com" : "https://api.deepl.com";
    }
    return {.name = "deepl",
            .ask =
                [url = below(std::move(url), "/v2/translate"), key = std::move(key)](
                    std::string_view text, const LanguagePair& pair) {
                    auto request = post(url, {{"text", json::array({text})},
                                              {"source_lang", deepl_source(pair.source)},
                                              {"target_lang", deepl_target(pair.target)}});
                    request.headers.emplace_back("Authorization", "DeepL-Auth-Key " + key);
                    return request;
                },
            .translation_at = "/translations/0/text",
            .complaint_at = "/message"};
}

TranslationApi libretranslate_api(std::string url, std::string key) {
    return {.name = "libretranslate",
            .ask =
                [url = below(std::move(url), "/translate"), key = std::move(key)](
                    std::string_view text, const LanguagePair& pair) {
                    json body{{"q", text},
                              {"source", primary_language(pair.source)},
                              {"target", primary_language(pair.target)},
                              {"format", "text"}};
                    if (!key.empty()) {
                        body["api_key"] = key;
                    }
                    return post(url, body);
                },
            .translation_at = "/translatedText",
            .complaint_at = "/error"};
}

TranslationApi chat_completions_api(std::string base_url, std::string key, std::string model) {
    return {.name = "openai-compatible",
            .ask =
                [url = below(std::move(base_url), "/chat/completions"), key = std::move(key),
                 model = std::move(model)](std::string_view text, const LanguagePair& pair) {
                    auto request = post(
                        url, {{"model", model},
                              {"temperature", 0},
                              {"messages",
                               json::array({{{"role", "system"}, {"content", instructions(pair)}},
                                            {{"role", "user"}, {"content", text}}})}});
                    if (!key.empty()) {
                        request.headers.emplace_back("Authorization", "Bearer " + key);
                    }
                    return request;
                },
            .translation_at = "/choices/0/message/content",
            .complaint_at = "/error/message"};
}

}  // namespace livedub::online
