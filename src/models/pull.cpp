// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/pull.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "http/client.hpp"
#include "http/download.hpp"
#include "models/digest.hpp"
#include "models/file_format.hpp"
#include "models/listing.hpp"
#include "models/model_directory.hpp"
#include "models/partial_file.hpp"
#include "models/pull_record.hpp"

namespace livedub::models {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::uint64_t kMuch = std::uint64_t{1} << 20U;
// No model has more; a server that never ends is stopped here when the size is not known.
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 30U;

bool is_worth_another_try(ErrorCode code) {
    return code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout ||
           code == ErrorCode::kProtocol;
}

std::string seconds_text(milliseconds time) {
    return fmt::format("{:g} s", static_cast<double>(time.count()) / 1e3);
}

/// One file from its lock to its name. Lives on the stack of pull().
class Pull final : public http::DownloadSink {
  public:
    Pull(const ModelFile& file, const PullOptions& options, PullListener& listener,
         PartialFile& partial)
        : file_{file},
          options_{options},
          listener_{listener},
          partial_{partial},
          record_path_{beside(target_of(partial), kPartialRecordSuffix)},
          url_{url_at(file.url, options.base_url)} {}

    /// Returns the checksum of what has been fetched; the partial file is the whole one then.
    Result<std::string> run(const std::stop_token& stop) {
        if (auto ready = look_at_what_is_there(); !ready) {
            return tl::unexpected{std::move(ready).error()};
        }
        is_resumed_ = partial_.size() > 0;
        for (;;) {
            if (auto fetched = fetch(stop); !fetched) {
                return tl::unexpected{std::move(fetched).error()};
            }
            auto checked = check(stop);
            // A part of an earlier day may be of another file: once more, from the beginning.
            if (checked || checked.error().code() == ErrorCode::kCancelled ||
                !std::exchange(is_resumed_, false)) {
                return checked;
            }
            listener_.on_note(checked.error().message() + "; fetched anew from its beginning");
        }
    }

    Result<void> begin(const http::DownloadHead& head) override {
        if (head.offset > 0 && !head.validator.empty() && !record_.validator.empty() &&
            head.validator != record_.validator) {
            if (auto cleared = partial_.clear(); !cleared) {
                return cleared;
            }
            return fail(ErrorCode::kProtocol,
                        http::shown_url(url_) + ": the file has changed meanwhile");
        }
        if (head.offset == 0 && partial_.size() > 0) {
            listener_.on_note("the server does not go on where it ended; from the beginning");
            is_resumed_ = false;
            if (auto cleared = partial_.clear(); !cleared) {
                return cleared;
            }
        }
        total_ = head.total ? head.total : file_.bytes;
        if (file_.bytes && head.total && *head.total != *file_.bytes) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{}: the file has {} bytes, should have {}",
                                    http::shown_url(url_), *head.total, *file_.bytes));
        }
        record_ = {
            .url = http::shown_url(url_), .validator = head.validator, .bytes = total_.value_or(0)};
        if (auto written = write_record(record_path_, record_); !written) {
            return written;
        }
        return check_room();
    }

    Result<void> take(std::string_view bytes) override {
        if (partial_.size() + bytes.size() > total_.value_or(kMostBytes)) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{}: more than the {} bytes that it should have",
                                    http::shown_url(url_), total_.value_or(kMostBytes)));
        }
        auto written = partial_.append(bytes);
        listener_.on_progress({.done = partial_.size(), .total = total_});
        return written;
    }

    [[nodiscard]] const PullRecord& record() const noexcept { return record_; }

  private:
    static fs::path target_of(const PartialFile& partial) {
        auto name = partial.path().filename().string();
        name.resize(name.size() - kPartialSuffix.size());
        return partial.path().parent_path() / name;
    }

    /// When the rest is of another file, either the server or the checksum will tell.
    [[nodiscard]] bool is_resumable() const {
        return !record_.validator.empty() || !file_.sha256.empty();
    }

    /// Keeps what came before when it is from the same place.
    Result<void> look_at_what_is_there() {
        record_ = read_record(record_path_).value_or(PullRecord{});
        const bool is_of_this = record_.url == http::shown_url(url_) && is_resumable();
        const bool is_too_long = file_.bytes && partial_.size() > *file_.bytes;
        if (partial_.size() > 0 && (!is_of_this || is_too_long)) {
            return partial_.clear();
        }
        if (partial_.size() > 0) {
            listener_.on_note(fmt::format("going on after {}", size_text(partial_.size())));
        }
        return {};
    }

    Result<void> fetch(const std::stop_token& stop) {
        auto pause_length = options_.first_pause;
        for (int left = options_.retries;;) {
            if (file_.bytes && partial_.size() == *file_.bytes) {
                return {};
            }
            const auto before = partial_.size();
            auto fetched = try_once(stop);
            if (fetched || !is_worth_another_try(fetched.error().code())) {
                return fetched;
            }
            if (partial_.size() >= before + kMuch) {
                left = options_.retries;
                pause_length = options_.first_pause;
            }
            if (left-- == 0) {
                return tl::unexpected{
                    Error{fetched.error().code(),
                          fmt::format("{}; gave up{}", fetched.error().message(),
                                      partial_.size() > 0 ? ", what came is kept" : "")}};
            }
            listener_.on_note(fmt::format("{}; trying again in {}", fetched.error().message(),
                                          seconds_text(pause_length)));
            if (!pause(pause_length, stop)) {
                return fail(ErrorCode::kCancelled, "stopped");
            }
            pause_length = std::min(pause_length * 2, options_.longest_pause);
        }
    }

    Result<void> try_once(const std::stop_token& stop) {
        if (partial_.size() > 0 && !is_resumable()) {
            if (auto cleared = partial_.clear(); !cleared) {
                return cleared;
            }
        }
        const auto end = http::download({.url = url_,
                                         .offset = partial_.size(),
                                         .if_range = record_.validator,
                                         .connect_timeout = options_.connect_timeout,
                                         .stall_timeout = options_.stall_timeout},
                                        *this, stop);
        if (!end) {
            return tl::unexpected{end.error()};
        }
        const auto whole = record_.bytes;
        if (*end == http::DownloadEnd::kNothingThere && partial_.size() != whole) {
            if (auto cleared = partial_.clear(); !cleared) {
                return cleared;
            }
            return fail(ErrorCode::kProtocol,
                        http::shown_url(url_) + ": the file is shorter than what came of it");
        }
        if (whole > 0 && partial_.size() < whole) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("{}: broken off after {} of {} bytes", http::shown_url(url_),
                                    partial_.size(), whole));
        }
        return {};
    }

    /// What is of no use is taken away.
    Result<std::string> check(const std::stop_token& stop) {
        auto sha256 = sha256_of(partial_.path(), stop);
        if (!sha256) {
            return sha256;
        }
        std::string complaint;
        if (file_.bytes && *file_.bytes != partial_.size()) {
            complaint = fmt::format("{} bytes came, should be {}", partial_.size(), *file_.bytes);
        } else if (!file_.sha256.empty() && *sha256 != file_.sha256) {
            complaint =
                fmt::format("wrong checksum: SHA-256 is {}, should be {}", *sha256, file_.sha256);
        } else if (file_.sha256.empty()) {
            complaint = complaint_about_format(partial_.path(), file_.format).value_or("");
        }
        if (complaint.empty()) {
            return sha256;
        }
        if (auto cleared = partial_.clear(); !cleared) {
            return tl::unexpected{std::move(cleared).error()};
        }
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{}: {}", http::shown_url(url_), complaint));
    }

    Result<void> check_room() {
        std::error_code error;
        const auto space = fs::space(partial_.path().parent_path(), error);
        const auto missing = total_.value_or(0) - std::min(total_.value_or(0), partial_.size());
        if (!error && missing > space.available) {
            return fail(ErrorCode::kExhausted,
                        fmt::format("{} has room for {}, {} are needed",
                                    partial_.path().parent_path().string(),
                                    size_text(space.available), size_text(missing)));
        }
        return {};
    }

    const ModelFile& file_;
    const PullOptions& options_;
    PullListener& listener_;
    PartialFile& partial_;
    const fs::path record_path_;
    const std::string url_;

    PullRecord record_;                   // of what the partial file is a part of
    std::optional<std::uint64_t> total_;  // bytes of the whole file
    bool is_resumed_ = false;             // the partial file has bytes of an earlier call
};

}  // namespace

Result<PulledFile> pull(const ModelFile& file, const fs::path& directory,
                        const PullOptions& options, PullListener& listener,
                        const std::stop_token& stop) {
    const auto target = directory / file.path;
    auto partial = PartialFile::open(
        target, [&] { listener.on_note("another pull is fetching it; waiting for its end"); },
        stop);
    if (!partial) {
        return tl::unexpected{std::move(partial).error()};
    }
    auto found = verify(file, directory, stop);
    if (!found) {
        return tl::unexpected{std::move(found).error()};
    }
    if (!is_failure(found->verdict)) {
        partial->discard();
        return PulledFile{.was_there = true, .verdict = std::move(*found)};
    }
    if (found->verdict == Verdict::kBad) {
        listener.on_note(fmt::format("{} is bad ({}); fetched anew", target.string(), found->text));
    }
    Pull work{file, options, listener, *partial};
    auto sha256 = work.run(stop);
    if (!sha256) {
        return tl::unexpected{std::move(sha256).error()};
    }
    auto record = work.record();
    record.bytes = partial->size();
    record.sha256 = *sha256;
    // Before the file has its name: what dies in between leaves a file that is missing or bad, as
    // it was, and never a good one with the record of another.
    if (auto written = write_record(beside(target, kRecordSuffix), record); !written) {
        return tl::unexpected{std::move(written).error()};
    }
    if (auto finished = partial->finish(); !finished) {
        return tl::unexpected{std::move(finished).error()};
    }
    const bool is_known = !file.sha256.empty();
    return PulledFile{
        .was_there = false,
        .verdict = {.path = file.path,
                    .verdict = is_known ? Verdict::kGood : Verdict::kUnchanged,
                    .text = is_known ? "SHA-256 as in the catalogue" : "no checksum known"}};
}

std::string url_at(std::string_view url, std::string_view base_url) {
    if (base_url.empty()) {
        return std::string{url};
    }
    const auto scheme = url.find("://");
    const auto path = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
    while (base_url.ends_with('/')) {
        base_url.remove_suffix(1);
    }
    return std::string{base_url} +
           std::string{path == std::string_view::npos ? "/" : url.substr(path)};
}

}  // namespace livedub::models
