// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/online_translator.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/mutex.hpp"
#include "engines/online/service_answer.hpp"
#include "telemetry/log.hpp"
#include "vocabulary/likeness.hpp"

namespace livedub::online {
namespace {

using nlohmann::json;
using speech::LanguagePair;

constexpr std::string_view kProbe = "Good evening.";
/// Whoever prepares a stream has other things to do for it.
constexpr std::chrono::milliseconds kProbeTime{2'000};
constexpr std::size_t kMostPrepared = 64;  // remembered; a pair beyond is tried for each stream

/// Between any two languages a translation may be several times as long; a model that talks on is
/// longer still.
constexpr std::size_t kMostTimes = 8;
constexpr std::size_t kAlwaysAllowed = 200;

std::optional<std::string> text_at(const json& root, const std::string& pointer) {
    const json::json_pointer at{pointer};
    if (!root.contains(at) || !root[at].is_string()) {
        return std::nullopt;
    }
    return root[at].get<std::string>();
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    return first == std::string_view::npos
               ? std::string_view{}
               : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

class OnlineTranslator final : public speech::Translator {
  public:
    OnlineTranslator(TranslationApi api, std::chrono::milliseconds timeout)
        : api_{std::move(api)}, timeout_{timeout} {}

    [[nodiscard]] std::string_view name() const noexcept override { return api_.name; }

    Result<void> prepare(const LanguagePair& pair) override {
        {
            const MutexLock lock{mutex_};
            if (std::ranges::find(prepared_, pair) != prepared_.end()) {
                return {};
            }
        }
        if (auto tried = ask({.text = std::string{kProbe}, .pair = pair},
                             std::min(timeout_, kProbeTime), {});
            !tried) {
            if (!may_pass(tried.error())) {
                return tl::unexpected{std::move(tried).error()};
            }
            logger("speech")->warn("translator_not_answering name={} error=\"{}\"", api_.name,
                                   tried.error().message());
            return {};
        }
        const MutexLock lock{mutex_};
        if (prepared_.size() < kMostPrepared) {  // clients name the languages
            prepared_.push_back(pair);
        }
        return {};
    }

    [[nodiscard]] bool heeds_context() const noexcept override { return api_.heeds_context; }

    Result<std::string> translate(const speech::TranslationRequest& request,
                                  const std::stop_token& stop) override {
        return ask(request, timeout_, stop);
    }

  private:
    [[nodiscard]] Result<std::string> ask(const speech::TranslationRequest& asked,
                                          std::chrono::milliseconds limit,
                                          const std::stop_token& stop) const {
        auto page = ask_service(api_.name, api_.ask(asked), limit, stop);
        if (!page) {
            return tl::unexpected{std::move(page).error()};
        }
        auto translation = read_translation(api_, *page, asked.text);
        if (translation && !asked.signs.empty() && api_.read_signed) {
            return api_.read_signed(*translation);
        }
        return translation;
    }

    // Constant after construction.
    const TranslationApi api_;
    const std::chrono::milliseconds timeout_;

    // Guarded by mutex_.
    Mutex mutex_;
    std::vector<LanguagePair> prepared_ LIVEDUB_GUARDED_BY(mutex_);
};

}  // namespace

Result<std::string> read_translation(const TranslationApi& api, const http::FetchedPage& page,
                                     std::string_view source) {
    const auto failed = [&](ErrorCode code, std::string_view why) {
        return fail(code, fmt::format("{}: {}", api.name, why));
    };
    if (page.status != kOk) {
        return tl::unexpected{refusal_in(page, api.name, {api.complaint_at})};
    }
    const auto answer = json::parse(page.body, nullptr, false);
    if (answer.is_discarded()) {
        return failed(ErrorCode::kInternal, "the answer is not JSON");
    }
    const auto found = text_at(answer, api.translation_at);
    if (!found) {
        return failed(ErrorCode::kInternal,
                      fmt::format("the answer has no text at {}", api.translation_at));
    }
    const auto translation = trimmed(*found);
    if (translation.empty()) {
        return failed(ErrorCode::kInternal, "the translation is empty");
    }
    if (translation.size() > kAlwaysAllowed + kMostTimes * source.size()) {
        return failed(ErrorCode::kInternal, fmt::format("{} bytes for {} are no translation",
                                                        translation.size(), source.size()));
    }
    if (vocabulary::is_left_untranslated(source, translation)) {
        return failed(ErrorCode::kInternal, "the text came back untranslated");
    }
    return std::string{translation};
}

std::unique_ptr<speech::Translator> make_online_translator(TranslationApi api,
                                                           std::chrono::milliseconds timeout) {
    return std::make_unique<OnlineTranslator>(std::move(api), timeout);
}

}  // namespace livedub::online
