// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/translation_api.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace livedub::online {
namespace {

using nlohmann::json;

const speech::LanguagePair kPair{.source = "en-US", .target = "es"};

std::string header(const http::FetchRequest& request, const std::string& name) {
    const auto found =
        std::ranges::find(request.headers, name, [](const auto& header) { return header.first; });
    return found == request.headers.end() ? "" : found->second;
}

TEST(DeeplApi, AsksAsItsReferenceSays) {
    const auto request = deepl_api("", "secret").ask({.text = "Good evening.", .pair = kPair});

    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://api.deepl.com/v2/translate");
    EXPECT_EQ(header(request, "Authorization"), "DeepL-Auth-Key secret");
    EXPECT_EQ(header(request, "Content-Type"), "application/json");
    EXPECT_EQ(
        json::parse(request.body),
        json::parse(R"({"text": ["Good evening."], "source_lang": "EN", "target_lang": "ES"})"));
}

TEST(DeeplApi, KnowsAFreeKeyAndAnotherServer) {
    EXPECT_EQ(deepl_api("", "secret:fx").ask({.text = "", .pair = kPair}).url,
              "https://api-free.deepl.com/v2/translate");
    EXPECT_EQ(deepl_api("http://localhost:3000/", "secret:fx").ask({.text = "", .pair = kPair}).url,
              "http://localhost:3000/v2/translate");
}

TEST(DeeplApi, NamesRegionsOnlyWhereDeeplDoes) {
    const auto target = [](const char* tag) {
        const auto body =
            deepl_api("", "k").ask({.text = "a", .pair = {.source = "es_MX", .target = tag}}).body;
        EXPECT_EQ(json::parse(body)["source_lang"], "ES");
        return json::parse(body)["target_lang"].get<std::string>();
    };
    EXPECT_EQ(target("en"), "EN-US");
    EXPECT_EQ(target("en_gb"), "EN-GB");
    EXPECT_EQ(target("pt"), "PT-PT");
    EXPECT_EQ(target("pt-BR"), "PT-BR");
    EXPECT_EQ(target("de-AT"), "DE");
}

TEST(LibreTranslateApi, AsksAsItsReferenceSays) {
    const auto open =
        libretranslate_api("http://mt:5000", "").ask({.text = "Hi \"all\"", .pair = kPair});
    const auto keyed =
        libretranslate_api("http://mt:5000/", "secret").ask({.text = "Hi", .pair = kPair});

    EXPECT_EQ(open.url, "http://mt:5000/translate");
    EXPECT_EQ(
        json::parse(open.body),
        json::parse(R"({"q": "Hi \"all\"", "source": "en", "target": "es", "format": "text"})"));
    EXPECT_EQ(keyed.url, "http://mt:5000/translate");
    EXPECT_EQ(json::parse(keyed.body)["api_key"], "secret");
}

TEST(ChatCompletionsApi, AsksWithTheTextAlone) {
    const auto request = chat_completions_api("http://llm:8080/v1/", "secret", "small")
                             .ask({.text = "What a goal!", .pair = kPair});
    const auto body = json::parse(request.body);

    EXPECT_EQ(request.url, "http://llm:8080/v1/chat/completions");
    EXPECT_EQ(header(request, "Authorization"), "Bearer secret");
    EXPECT_EQ(body["model"], "small");
    EXPECT_EQ(body["temperature"], 0);
    ASSERT_EQ(body["messages"].size(), 2U);
    EXPECT_NE(body["messages"][0]["content"].get<std::string>().find("from en-US to es"),
              std::string::npos);
    EXPECT_EQ(body["messages"][1], json({{"role", "user"}, {"content", "What a goal!"}}));
    EXPECT_EQ(
        header(chat_completions_api("http://llm/v1", "", "m").ask({.text = "a", .pair = kPair}),
               "Authorization"),
        "");
}

TEST(DeeplApi, SendsSignsAsElementsToBeLeftAlone) {
    const auto api = deepl_api("", "k");
    const speech::TranslationRequest asked{
        .text = "A <b> & the qzaa.", .pair = kPair, .signs = {{.sign = "qzaa"}}};

    const auto body = json::parse(api.ask(asked).body);

    EXPECT_EQ(body["text"][0], "A &lt;b&gt; &amp; the <x>qzaa</x>.");
    EXPECT_EQ(body["tag_handling"], "xml");
    EXPECT_EQ(body["ignore_tags"], json::array({"x"}));
    EXPECT_EQ(api.read_signed("Un &lt;b&gt; &amp;amp; el <x>qzaa</x>."), "Un <b> &amp; el qzaa.");
}

TEST(ChatCompletionsApi, IsToldTheTimeTheTermsAndWhatWasSaidBefore) {
    const auto api = chat_completions_api("http://llm/v1", "", "m");
    const auto body = json::parse(
        api.ask({.text = "The qzaa shoots.",
                 .pair = kPair,
                 .before = {{.source = "One.", .translation = "Uno."},
                            {.source = "Two.", .translation = "Dos."}},
                 .most_letters = 42,
                 .signs = {{.sign = "qzaa", .source = "striker", .target = "delantero"}}})
            .body);
    const auto& messages = body["messages"];

    EXPECT_TRUE(api.heeds_context);
    ASSERT_EQ(messages.size(), 6U);
    const auto system = messages[0]["content"].get<std::string>();
    EXPECT_NE(system.find("time for 42 characters"), std::string::npos) << system;
    EXPECT_NE(system.find(R"(qzaa stands for "striker", which is "delantero")"), std::string::npos)
        << system;
    EXPECT_EQ(messages[1], json({{"role", "user"}, {"content", "One."}}));
    EXPECT_EQ(messages[2], json({{"role", "assistant"}, {"content", "Uno."}}));
    EXPECT_EQ(messages[4], json({{"role", "assistant"}, {"content", "Dos."}}));
    EXPECT_EQ(messages[5], json({{"role", "user"}, {"content", "The qzaa shoots."}}));
}

TEST(TranslationApi, AsksInUtf8WhateverItWasGiven) {
    const auto request =
        libretranslate_api("http://mt", "").ask({.text = "caf\xE9 \xC3\xA9", .pair = kPair});

    EXPECT_EQ(json::parse(request.body)["q"], "caf\xEF\xBF\xBD \xC3\xA9");
}

}  // namespace
}  // namespace livedub::online
