// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One large file over HTTP, piece by piece as it comes, from the beginning or from where an earlier
// try ended. There is no limit on the time that it takes, only on how long it may stand still.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace livedub::http {

struct DownloadRequest {
    std::string url;           // http or https; credentials in it are sent, and never shown
    std::uint64_t offset = 0;  // bytes that are here already; 0: the whole file
    /// The validator of those bytes: when the file is another one by now, all of it comes. Empty:
    /// the rest comes, of whatever file is there.
    std::string if_range{};
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::seconds stall_timeout{30};  // of less than 1 KiB/s
};

/// What is about to come.
struct DownloadHead {
    std::uint64_t offset = 0;            // where in the file the body begins: as asked, or 0
    std::optional<std::uint64_t> total;  // bytes of the whole file, where the server says so
    std::string validator;  // for a later `if_range`; empty: the server gives none that is exact
};

/// Takes what comes, on the thread that called download(). An error of its own ends the download
/// and is what download() returns.
class DownloadSink {
  public:
    DownloadSink() = default;
    virtual ~DownloadSink() = default;
    DownloadSink(const DownloadSink&) = delete;
    DownloadSink& operator=(const DownloadSink&) = delete;

    /// Called once, before the first take().
    virtual Result<void> begin(const DownloadHead& head) = 0;
    virtual Result<void> take(std::string_view bytes) = 0;
};

enum class DownloadEnd {
    kComplete = 1,
    kNothingThere = 2,  // the file has no byte at `offset`; the sink was not begun
};

/// Blocks until the file is there; never on the io thread. Notices `stop` within 100 ms. Redirects
/// are followed to https alone. Hosts of the loopback are asked directly, others through the proxy
/// that the environment names, if any; CURL_CA_BUNDLE and SSL_CERT_FILE name other certificate
/// authorities, as they do for curl. Any thread.
///
/// Errors, with the URL as shown_url() has it. Worth another try: kUnavailable (not reached, broken
/// off, HTTP 408, 429 or 5xx), kTimeout (no connection, or a stall), kProtocol (what answered makes
/// no sense). Not worth one: kInvalidArgument (another HTTP status, a URL that cannot be asked, a
/// certificate that is not trusted, a redirect elsewhere than to https), kExhausted, kCancelled.
[[nodiscard]] Result<DownloadEnd> download(const DownloadRequest& request, DownloadSink& sink,
                                           const std::stop_token& stop = {});

}  // namespace livedub::http
