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

/// The text of an XML document, with the signs in elements of their own.
std::string to_xml(const speech::TranslationRequest& request) {
    std::string xml;
    for (const char c : request.text) {
        switch (c) {
            case '&':
                xml += "&amp;";
                break;
            case '<':
                xml += "&lt;";
                break;
            case '>':
                xml += "&gt;";
                break;
            default:
                xml += c;
        }
    }
    for (const auto& sign : request.signs) {
        if (const auto at = xml.find(sign.sign); at != std::string::npos) {
            xml.replace(at, sign.sign.size(), fmt::format("<x>{}</x>", sign.sign));
        }
    }
    return xml;
}

std::string from_xml(std::string_view xml) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kUndone{
        {{"<x>", ""},
         {"</x>", ""},
         {"&lt;", "<"},
         {"&gt;", ">"},
         {"&quot;", "\""},
         {"&apos;", "'"},
         {"&amp;", "&"}}};
    std::string text;
    while (!xml.empty()) {
        const auto* const known = std::ranges::find_if(
            kUndone, [&](const auto& pair) { return xml.starts_with(pair.first); });
        if (known == kUndone.end()) {
            text += xml.front();
            xml.remove_prefix(1);
        } else {
            text += known->second;
            xml.remove_prefix(known->first.size());
        }
    }
    return text;
}

/// In quotes, as a model reads them best.
std::string in_quotes(std::string_view text) {
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string instructions(const speech::TranslationRequest& request) {
    auto text = fmt::format(
        "You translate live speech from {} to {} for dubbing. Answer with the translation of what "
        "you are given and with nothing else: no notes, no quotation marks. Keep names and "
        "numbers. "
        "Be as brief as the original: it is spoken in the same time.",
        request.pair.source, request.pair.target);
    if (request.most_letters > 0) {
        text += fmt::format(" There is time for {} characters.", request.most_letters);
    }
    for (const auto& sign : request.signs) {
        text += fmt::format(" {} stands for {}, which is {} in the translation: write {}.",
                            sign.sign, in_quotes(sign.source), in_quotes(sign.target), sign.sign);
    }
    return text;
}

/// What was said before as a conversation that goes on: so the model keeps to its own words.
json messages(const speech::TranslationRequest& request) {
    json all = json::array({{{"role", "system"}, {"content", instructions(request)}}});
    for (const auto& said : request.before) {
        all.push_back({{"role", "user"}, {"content", said.source}});
        all.push_back({{"role", "assistant"}, {"content", said.translation}});
    }
    all.push_back({{"role", "user"}, {"content", request.text}});
    return all;
}

}  // namespace

TranslationApi deepl_api(std::string url, std::string key) {
    if (url.empty()) {
        url = key.ends_with(":fx") ? "https://api-free.deepl.com" : "https://api.deepl.com";
    }
    return {.name = "deepl",
            .ask =
                [url = below(std::move(url), "/v2/translate"),
                 key = std::move(key)](const speech::TranslationRequest& asked) {
                    const bool is_signed = !asked.signs.empty();
                    const auto text = is_signed ? to_xml(asked) : asked.text;
                    json body{{"text", json::array({text})},
                              {"source_lang", deepl_source(asked.pair.source)},
                              {"target_lang", deepl_target(asked.pair.target)}};
                    if (is_signed) {
                        body["tag_handling"] = "xml";
                        body["ignore_tags"] = json::array({"x"});
                    }
                    auto request = post(url, body);
                    request.headers.emplace_back("Authorization", "DeepL-Auth-Key " + key);
                    return request;
                },
            .translation_at = "/translations/0/text",
            .complaint_at = "/message",
            .read_signed = from_xml};
}

TranslationApi libretranslate_api(std::string url, std::string key) {
    return {.name = "libretranslate",
            .ask =
                [url = below(std::move(url), "/translate"),
                 key = std::move(key)](const speech::TranslationRequest& asked) {
                    json body{{"q", asked.text},
                              {"source", primary_language(asked.pair.source)},
                              {"target", primary_language(asked.pair.target)},
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
                 model = std::move(model)](const speech::TranslationRequest& asked) {
                    auto request = post(
                        url, {{"model", model}, {"temperature", 0}, {"messages", messages(asked)}});
                    if (!key.empty()) {
                        request.headers.emplace_back("Authorization", "Bearer " + key);
                    }
                    return request;
                },
            .translation_at = "/choices/0/message/content",
            .complaint_at = "/error/message",
            .heeds_context = true};
}

}  // namespace livedub::online
