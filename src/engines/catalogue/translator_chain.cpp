// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/translator_chain.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "telemetry/log.hpp"

namespace livedub::engines {
namespace {

using speech::LanguagePair;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kPassedOver{10};

/// Clients name the languages: of pairs that were refused no more are remembered, and one that is
/// forgotten is refused again when it is asked for.
constexpr std::size_t kMostRemembered = 64;

struct Link {
    std::unique_ptr<speech::Translator> translator;
    SteadyTime not_before{};
    std::deque<LanguagePair> refused{};
};

/// Whether it may be otherwise the next time.
bool may_pass(ErrorCode code) {
    return code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout ||
           code == ErrorCode::kExhausted;
}

class TranslatorChain final : public speech::Translator {
  public:
    TranslatorChain(std::vector<std::unique_ptr<speech::Translator>> translators,
                    std::function<void()> on_failover)
        : on_failover_{std::move(on_failover)} {
        for (auto& translator : translators) {
            name_ += (name_.empty() ? "" : ",") + std::string{translator->name()};
            links_.push_back({.translator = std::move(translator)});
        }
    }

    [[nodiscard]] std::string_view name() const noexcept override { return name_; }

    Result<void> prepare(const LanguagePair& pair) override {
        std::optional<Error> first;
        std::size_t able = 0;
        for (auto& link : links_) {
            auto prepared = link.translator->prepare(pair);
            const MutexLock lock{mutex_};
            std::erase(link.refused, pair);
            if (prepared) {
                ++able;
                continue;
            }
            if (!may_pass(prepared.error().code())) {
                link.refused.push_back(pair);
                if (link.refused.size() > kMostRemembered) {
                    link.refused.pop_front();
                }
            }
            logger("speech")->warn("translator_left_out name={} error=\"{}\"",
                                   link.translator->name(), prepared.error().message());
            if (!first) {
                first = std::move(prepared).error();
            }
        }
        return able > 0 ? Result<void>{} : tl::unexpected{std::move(*first)};
    }

    [[nodiscard]] bool heeds_context() const noexcept override {
        return std::ranges::any_of(
            links_, [](const Link& link) { return link.translator->heeds_context(); });
    }

    Result<std::string> translate(const speech::TranslationRequest& request,
                                  const std::stop_token& stop) override {
        Result<std::string> result =
            fail(ErrorCode::kInvalidArgument, "no translator for the pair");
        const auto asked = whom_to_ask(request.pair);
        for (auto* const link : asked) {
            result = link->translator->translate(request, stop);
            if (result || result.error().code() == ErrorCode::kCancelled) {
                break;
            }
            note_failure(*link, result.error(), link != asked.back());
        }
        return result;
    }

  private:
    std::vector<Link*> whom_to_ask(const LanguagePair& pair) {
        std::vector<Link*> able;
        std::vector<Link*> asked;
        const auto now = steady_clock::now();
        const MutexLock lock{mutex_};
        for (auto& link : links_) {
            if (std::ranges::find(link.refused, pair) == link.refused.end()) {
                able.push_back(&link);
                if (link.not_before <= now) {
                    asked.push_back(&link);
                }
            }
        }
        if (!able.empty() && (asked.empty() || asked.back() != able.back())) {
            asked.push_back(able.back());
        }
        return asked;
    }

    void note_failure(Link& link, const Error& error, bool is_another_asked) {
        logger("speech")->warn("translator_failed name={} error=\"{}\" next={}",
                               link.translator->name(), error.message(), is_another_asked);
        if (is_another_asked && on_failover_) {
            on_failover_();
        }
        if (may_pass(error.code())) {
            const MutexLock lock{mutex_};
            link.not_before = steady_clock::now() + kPassedOver;
        }
    }

    // Constant after construction.
    std::function<void()> on_failover_;
    std::string name_;
    std::vector<Link> links_;  // its size and its translators

    Mutex mutex_;  // guards `not_before` and `refused` of every link
};

}  // namespace

std::unique_ptr<speech::Translator> make_translator_chain(
    std::vector<std::unique_ptr<speech::Translator>> translators,
    std::function<void()> on_failover) {
    LIVEDUB_CHECK(!translators.empty());
    if (translators.size() == 1) {
        return std::move(translators.front());
    }
    return std::make_unique<TranslatorChain>(std::move(translators), std::move(on_failover));
}

}  // namespace livedub::engines
