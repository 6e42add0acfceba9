// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/verify.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "models/digest.hpp"
#include "models/file_format.hpp"
#include "models/model_directory.hpp"
#include "models/pull_record.hpp"

namespace livedub::models {
namespace {

namespace fs = std::filesystem;

FileVerdict verdict_of_digest(const ModelFile& file, const fs::path& path, std::uintmax_t bytes,
                              const std::string& sha256) {
    FileVerdict it{.path = file.path, .verdict = Verdict::kBad};
    if (!file.sha256.empty()) {
        const bool is_good = sha256 == file.sha256;
        it.verdict = is_good ? Verdict::kGood : Verdict::kBad;
        it.text = is_good ? fmt::format("{} bytes, SHA-256 as in the catalogue", bytes)
                          : fmt::format("SHA-256 is {}, should be {}", sha256, file.sha256);
        return it;
    }
    const auto record = read_record(beside(path, kRecordSuffix));
    if (!record || record->sha256.empty()) {
        it.verdict = Verdict::kPlausible;
        it.text = fmt::format("{} bytes; no checksum known, none recorded; looks right", bytes);
    } else if (record->sha256 == sha256) {
        it.verdict = Verdict::kUnchanged;
        it.text = fmt::format("{} bytes; no checksum known, SHA-256 as when it was pulled", bytes);
    } else {
        it.text = fmt::format("SHA-256 is {}, was {} when it was pulled", sha256, record->sha256);
    }
    return it;
}

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::kGood:
            return "good";
        case Verdict::kUnchanged:
            return "unchanged";
        case Verdict::kPlausible:
            return "plausible";
        case Verdict::kMissing:
            return "missing";
        case Verdict::kBad:
            return "bad";
    }
    return "";
}

bool is_failure(Verdict verdict) noexcept {
    return verdict == Verdict::kMissing || verdict == Verdict::kBad;
}

Result<FileVerdict> verify(const ModelFile& file, const fs::path& directory,
                           const std::stop_token& stop) {
    const auto path = directory / file.path;
    FileVerdict it{.path = file.path, .verdict = Verdict::kBad};
    std::error_code error;
    const auto status = fs::status(path, error);
    if (error && status.type() != fs::file_type::not_found) {
        it.text = fmt::format("cannot be read: {}", error.message());
        return it;
    }
    if (!fs::exists(status)) {
        it.verdict = Verdict::kMissing;
        it.text = presence_of(file, directory) == Presence::kPartly ? "only a part is there"
                                                                    : "not there";
        return it;
    }
    if (!fs::is_regular_file(status)) {
        it.text = "not a file";
        return it;
    }
    const auto bytes = fs::file_size(path, error);
    if (error) {
        it.text = fmt::format("cannot be read: {}", error.message());
        return it;
    }
    if (file.bytes && *file.bytes != bytes) {
        it.text = fmt::format("{} bytes, should be {}", bytes, *file.bytes);
        return it;
    }
    const auto sha256 = sha256_of(path, stop);
    if (!sha256 && sha256.error().code() == ErrorCode::kCancelled) {
        return tl::unexpected{sha256.error()};
    }
    if (!sha256) {
        it.text = sha256.error().message();
        return it;
    }
    if (file.sha256.empty()) {
        if (auto complaint = complaint_about_format(path, file.format)) {
            it.text = std::move(*complaint);
            return it;
        }
    }
    return verdict_of_digest(file, path, bytes, *sha256);
}

}  // namespace livedub::models
