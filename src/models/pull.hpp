// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Fetches a model's file: goes on where an earlier try ended, tries again with growing pauses, and
// gives the file its name when it is whole and what it should be. Only ever called because a person
// asked for it.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "models/catalogue.hpp"
#include "models/verify.hpp"

namespace livedub::models {

struct PullOptions {
    /// In the place of scheme and host of the catalogue's URLs; empty: as they are.
    std::string base_url{};
    /// After the first try, and after each that brought a mebibyte.
    int retries = 4;
    std::chrono::milliseconds first_pause{1'000};  // doubled each time
    std::chrono::milliseconds longest_pause{30'000};
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::seconds stall_timeout{30};
};

struct PullProgress {
    std::uint64_t done = 0;  // bytes of the file, those of earlier tries included
    std::optional<std::uint64_t> total;
};

/// Told what happens, on the thread that called pull().
class PullListener {
  public:
    PullListener() = default;
    virtual ~PullListener() = default;
    PullListener(const PullListener&) = delete;
    PullListener& operator=(const PullListener&) = delete;

    virtual void on_progress(const PullProgress& progress) = 0;
    /// One line for people: "stalled; trying again in 2 s".
    virtual void on_note(std::string_view note) = 0;
};

struct PulledFile {
    bool was_there = false;  // and good: nothing was fetched
    FileVerdict verdict;     // of what is there now
};

/// Two calls for one file, of whatever processes, are one after the other; the second finds it
/// there. A file that is there and bad is replaced. What came so far stays for a later call, except
/// when it is of no use. Blocks; notices `stop` within half a second.
///
/// Errors, naming the URL or the file: kInvalidArgument (the server has not what the catalogue
/// says), kUnavailable, kTimeout, kProtocol (gave up after the last try), kExhausted (no room on
/// the disk), kCancelled.
[[nodiscard]] Result<PulledFile> pull(const ModelFile& file, const std::filesystem::path& directory,
                                      const PullOptions& options, PullListener& listener,
                                      const std::stop_token& stop = {});

/// `url` with `base_url` in the place of its scheme and host; as it is when `base_url` is empty.
[[nodiscard]] std::string url_at(std::string_view url, std::string_view base_url);

}  // namespace livedub::models
