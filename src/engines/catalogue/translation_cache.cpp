// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/translation_cache.hpp"

#include <utility>

#include "dubbing/language.hpp"

namespace livedub::engines {

std::optional<std::string> TranslationCache::find(const std::string& key) {
    const MutexLock lock{mutex_};
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        return std::nullopt;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().translation;
}

void TranslationCache::keep(std::string key, std::string translation) {
    constexpr std::size_t kLargestShare = 16;
    Entry entry{.key = std::move(key), .translation = std::move(translation)};
    if (bytes_of(entry) > limits_.most_bytes / kLargestShare) {
        return;
    }
    const MutexLock lock{mutex_};
    if (const auto known = by_key_.find(entry.key); known != by_key_.end()) {
        const auto old = known->second;
        bytes_ -= bytes_of(*old);
        by_key_.erase(known);
        entries_.erase(old);
    }
    bytes_ += bytes_of(entry);
    entries_.push_front(std::move(entry));
    by_key_.emplace(entries_.front().key, entries_.begin());
    while (entries_.size() > limits_.most_entries || bytes_ > limits_.most_bytes) {
        bytes_ -= bytes_of(entries_.back());
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

std::size_t TranslationCache::bytes_of(const Entry& entry) noexcept {
    constexpr std::size_t kBesides = 128;  // the nodes of the list and of the table
    return entry.key.size() + entry.translation.size() + kBesides;
}

std::string cache_key(std::string_view provider, const speech::TranslationRequest& request,
                      bool heeds_context) {
    std::string key;
    const auto add = [&key](std::string_view part) {
        // Its length before it: no two lists of parts give one key.
        key.append(std::to_string(part.size())).append(":").append(part);
    };
    add(provider);
    add(lower_tag(request.pair.source));
    add(lower_tag(request.pair.target));
    add(std::to_string(request.domain_hints.size()));
    for (const auto& hint : request.domain_hints) {
        add(hint);
    }
    add(request.text);
    if (heeds_context) {
        add(std::to_string(request.most_letters));
        for (const auto& said : request.before) {
            add(said.source);
            add(said.translation);
        }
    }
    return key;
}

}  // namespace livedub::engines
