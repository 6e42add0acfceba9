// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Translations that were had lately, for all streams of the process: commentators say the same
// again, and several streams may carry one programme.

#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/mutex.hpp"
#include "speech/translator.hpp"

namespace livedub::engines {

/// Thread-safe. When it is full, the translation that was not asked for longest goes.
class TranslationCache {
  public:
    struct Limits {
        std::size_t most_entries = 4'096;
        std::size_t most_bytes = 4U << 20U;  // of keys and translations
    };

    TranslationCache() = default;
    explicit TranslationCache(Limits limits) : limits_{limits} {}

    [[nodiscard]] std::optional<std::string> find(const std::string& key) LIVEDUB_EXCLUDES(mutex_);

    /// One that is larger than a sixteenth of all is not kept.
    void keep(std::string key, std::string translation) LIVEDUB_EXCLUDES(mutex_);

  private:
    struct Entry {
        std::string key;
        std::string translation;
    };

    static std::size_t bytes_of(const Entry& entry) noexcept;

    // Constant after construction.
    const Limits limits_{};

    // Guarded by mutex_.
    Mutex mutex_;
    std::list<Entry> entries_ LIVEDUB_GUARDED_BY(mutex_);  // asked for most lately first
    // Keys are those of the entries.
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_
        LIVEDUB_GUARDED_BY(mutex_);
    std::size_t bytes_ LIVEDUB_GUARDED_BY(mutex_) = 0;
};

/// What a translation depends on: the provider, the languages, what the stream is about, the text,
/// and for a provider that heeds them what was said before and how long it may be.
[[nodiscard]] std::string cache_key(std::string_view provider,
                                    const speech::TranslationRequest& request, bool heeds_context);

}  // namespace livedub::engines
