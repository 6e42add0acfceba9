// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Engines of one stage that stand in for one another: what the first cannot do the next one is
// asked for. What is done, and for what it is prepared (a pair of languages, a voice), the chains
// say that are built on this.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "base/result.hpp"
#include "telemetry/log.hpp"

namespace livedub::engines {

/// Thread-safe, as its engines are.
template <typename Engine, typename Key>
class StandIns {
  public:
    /// @param kind "translator": what the log calls them.
    /// @param engines At least one, first choice first.
    /// @param on_failover Told when another one is asked for what one could not do; any thread, and
    ///                    several at once. May be empty.
    StandIns(std::string kind, std::vector<std::unique_ptr<Engine>> engines,
             std::function<void()> on_failover = {})
        : kind_{std::move(kind)}, on_failover_{std::move(on_failover)} {
        LIVEDUB_CHECK(!engines.empty());
        for (auto& engine : engines) {
            name_ += (name_.empty() ? "" : ",") + std::string{engine->name()};
            links_.push_back({.engine = std::move(engine)});
        }
    }

    /// Their names, with commas.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    [[nodiscard]] std::vector<const Engine*> engines() const {
        std::vector<const Engine*> all;
        for (const auto& link : links_) {
            all.push_back(link.engine.get());
        }
        return all;
    }

    /// Prepares all of them. One that refuses `key` is not asked for it.
    ///
    /// Errors: the first one's, only when nobody can do it.
    ///
    /// @param prepare Result<void>(Engine&).
    template <typename Prepare>
    Result<void> prepare(const Key& key, Prepare prepare) LIVEDUB_EXCLUDES(mutex_) {
        std::optional<Error> first;
        std::size_t able = 0;
        for (auto& link : links_) {
            auto prepared = prepare(*link.engine);
            const MutexLock lock{mutex_};
            std::erase(link.refused, key);
            if (prepared) {
                ++able;
                continue;
            }
            if (!may_pass(prepared.error().code())) {
                link.refused.push_back(key);
                if (link.refused.size() > kMostRemembered) {
                    link.refused.pop_front();
                }
            }
            logger("speech")->warn("{}_left_out name={} error=\"{}\"", kind_, link.engine->name(),
                                   prepared.error().message());
            if (!first) {
                first = std::move(prepared).error();
            }
        }
        return able > 0 ? Result<void>{} : tl::unexpected{std::move(*first)};
    }

    /// Asks each in turn until one does it. One that was not to be reached, or had too much to do,
    /// is passed over for a while; but the last one is always asked.
    ///
    /// Errors: that of the last one that was asked; kInvalidArgument when all refused `key`.
    ///
    /// @param preferred The name of the one to ask before the others; empty: none.
    /// @param ask Result<T>(Engine&).
    template <typename T, typename Ask>
    Result<T> ask(const Key& key, std::string_view preferred, Ask ask) LIVEDUB_EXCLUDES(mutex_) {
        Result<T> result = fail(ErrorCode::kInvalidArgument, "no " + kind_ + " for what is asked");
        const auto asked = whom_to_ask(key, preferred);
        for (auto* const link : asked) {
            result = ask(*link->engine);
            if (result || result.error().code() == ErrorCode::kCancelled) {
                break;
            }
            note_failure(*link, result.error(), link != asked.back());
        }
        return result;
    }

  private:
    static constexpr std::chrono::seconds kPassedOver{10};

    /// Clients name the languages: of what was refused no more are remembered, and one that is
    /// forgotten is refused again when it is asked for.
    static constexpr std::size_t kMostRemembered = 64;

    struct Link {
        std::unique_ptr<Engine> engine;
        SteadyTime not_before{};
        std::deque<Key> refused{};
    };

    /// Whether it may be otherwise the next time.
    static bool may_pass(ErrorCode code) {
        return code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout ||
               code == ErrorCode::kExhausted;
    }

    std::vector<Link*> whom_to_ask(const Key& key, std::string_view preferred)
        LIVEDUB_EXCLUDES(mutex_) {
        std::vector<Link*> able;
        std::vector<Link*> asked;
        const auto now = std::chrono::steady_clock::now();
        const MutexLock lock{mutex_};
        for (auto& link : links_) {
            if (std::ranges::find(link.refused, key) == link.refused.end()) {
                able.push_back(&link);
            }
        }
        std::stable_partition(able.begin(), able.end(),
                              [&](const Link* link) { return link->engine->name() == preferred; });
        std::ranges::copy_if(able, std::back_inserter(asked),
                             [&](const Link* link) { return link->not_before <= now; });
        if (!able.empty() && (asked.empty() || asked.back() != able.back())) {
            asked.push_back(able.back());
        }
        return asked;
    }

    void note_failure(Link& link, const Error& error, bool is_another_asked)
        LIVEDUB_EXCLUDES(mutex_) {
        logger("speech")->warn("{}_failed name={} error=\"{}\" next={}", kind_, link.engine->name(),
                               error.message(), is_another_asked);
        if (is_another_asked && on_failover_) {
            on_failover_();
        }
        if (may_pass(error.code())) {
            const MutexLock lock{mutex_};
            link.not_before = std::chrono::steady_clock::now() + kPassedOver;
        }
    }

    // Constant after construction.
    std::string kind_;
    std::function<void()> on_failover_;
    std::string name_;
    std::vector<Link> links_;  // as are its size and its engines

    Mutex mutex_;  // guards `not_before` and `refused` of every link
};

}  // namespace livedub::engines
