// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/translation_cache.hpp"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::engines {
namespace {

using speech::TranslationRequest;

TEST(TranslationCache, ForgetsWhatWasNotAskedForLongest) {
    TranslationCache cache{{.most_entries = 2}};
    cache.keep("a", "1");
    cache.keep("b", "2");
    EXPECT_EQ(cache.find("a"), "1");

    cache.keep("c", "3");

    EXPECT_EQ(cache.find("a"), "1");
    EXPECT_EQ(cache.find("b"), std::nullopt);
    EXPECT_EQ(cache.find("c"), "3");
}

TEST(TranslationCache, IsBoundInBytes) {
    TranslationCache cache{{.most_bytes = 16'000}};
    for (int n = 0; n < 1'000; ++n) {
        cache.keep(std::to_string(n), std::string(100, 'x'));
    }
    int kept = 0;
    for (int n = 0; n < 1'000; ++n) {
        kept += cache.find(std::to_string(n)) ? 1 : 0;
    }
    EXPECT_GT(kept, 50);
    EXPECT_LT(kept, 100);  // with what an entry takes besides its text

    cache.keep("large", std::string(1'001, 'x'));
    EXPECT_EQ(cache.find("large"), std::nullopt);
    EXPECT_TRUE(cache.find("999").has_value());  // nothing went for it
}

TEST(TranslationCache, KeepsTheLastOfTwo) {
    TranslationCache cache{{.most_entries = 2}};
    cache.keep("a", "1");
    cache.keep("a", "2");
    cache.keep("b", "3");

    EXPECT_EQ(cache.find("a"), "2");
    EXPECT_EQ(cache.find("b"), "3");
}

TEST(TranslationCache, IsSharedByThreads) {
    TranslationCache cache{{.most_entries = 8}};
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&cache, thread] {
                for (int n = 0; n < 500; ++n) {
                    const auto key = std::to_string((n + thread) % 16);
                    cache.keep(key, key);
                    EXPECT_EQ(cache.find(key).value_or(key), key);
                }
            });
        }
    }
}

TEST(CacheKey, IsOfAllThatATranslationDependsOn) {
    const TranslationRequest plain{.text = "Hello.", .pair = {.source = "en", .target = "es"}};
    auto other_text = plain;
    other_text.text = "Hello";
    auto other_pair = plain;
    other_pair.pair.target = "ca";
    auto other_hints = plain;
    other_hints.domain_hints = {"sports"};
    auto other_before = plain;
    other_before.before = {{.source = "One.", .translation = "Uno."}};
    auto other_length = plain;
    other_length.most_letters = 9;

    std::set<std::string> keys;
    for (const auto& request :
         {plain, other_text, other_pair, other_hints, other_before, other_length}) {
        keys.insert(cache_key("p", request, true));
    }
    keys.insert(cache_key("q", plain, true));
    EXPECT_EQ(keys.size(), 7U);

    EXPECT_EQ(cache_key("p", other_before, false), cache_key("p", plain, false));
    EXPECT_EQ(cache_key("p", other_length, false), cache_key("p", plain, false));
    auto other_case = plain;
    other_case.pair = {.source = "EN", .target = "Es"};
    EXPECT_EQ(cache_key("p", other_case, false), cache_key("p", plain, false));
}

}  // namespace
}  // namespace livedub::engines
