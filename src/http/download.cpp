// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/download.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "http/client.hpp"
#include "http/curl_transfer.hpp"

namespace livedub::http {
namespace {

constexpr long kMostRedirects = 5;
constexpr long kStallBytesPerSecond = 1'024;
// A date of change is exact to the second: it tells two files apart when it is older than this.
constexpr std::time_t kSettledSeconds = 60;

/// "bytes 100-199/200": where it begins, and the length of the whole where it is known.
struct ContentRange {
    std::uint64_t first = 0;
    std::optional<std::uint64_t> total;
};

std::optional<std::uint64_t> number_at(std::string_view& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    const bool is_there = text.starts_with(prefix);
    text.remove_prefix(is_there ? prefix.size() : 0);
    return is_there;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
    ContentRange range;
    if (!take_prefix(text, "bytes ")) {
        return std::nullopt;
    }
    const auto first = number_at(text);
    if (!first || !take_prefix(text, "-") || !number_at(text) || !take_prefix(text, "/")) {
        return std::nullopt;
    }
    range.first = *first;
    if (text != "*") {
        range.total = number_at(text);
        if (!range.total || !text.empty()) {
            return std::nullopt;
        }
    }
    return range;
}

bool is_worth_another_try(long status) {
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

/// The headers of the last answer; those of a redirect before it are forgotten.
struct AnswerHeaders {
    std::string etag;
    std::string last_modified;
    std::string date;
    std::string content_range;
    std::string location;
};

std::string validator_of(const AnswerHeaders& headers) {
    if (!headers.etag.empty()) {
        return headers.etag.starts_with("W/") ? "" : headers.etag;
    }
    const auto changed = curl_getdate(headers.last_modified.c_str(), nullptr);
    const auto answered = curl_getdate(headers.date.c_str(), nullptr);
    return changed > 0 && answered - changed >= kSettledSeconds ? headers.last_modified : "";
}

/// One download from its making to its end. Lives on the stack of download().
class Transfer {
  public:
    Transfer(const DownloadRequest& request, DownloadSink& sink)
        : request_{request}, sink_{sink}, easy_{curl_easy_init()}, multi_{curl_multi_init()} {}
    ~Transfer() { curl_multi_remove_handle(multi_.get(), easy_.get()); }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    Result<DownloadEnd> run(const std::stop_token& stop) {
        if (!easy_ || !multi_) {
            return failed(ErrorCode::kExhausted, "no memory");
        }
        const auto host = host_of(request_.url);
        if (!host || !is_header_value(request_.if_range)) {
            return failed(ErrorCode::kInvalidArgument, "not an http or https URL");
        }
        if (is_loopback(*host)) {
            set(CURLOPT_PROXY, "");  // none, whatever the environment says
        }
        set_options();
        const auto code = perform(easy_.get(), multi_.get(), stop, SteadyTime::max());
        if (!code) {
            return failed(code.error().code(), code.error().message());
        }
        return finish(*code);
    }

  private:
    [[nodiscard]] tl::unexpected<Error> failed(ErrorCode code, std::string_view reason) const {
        return fail(code, fmt::format("{}: {}", shown_url(request_.url), reason));
    }

    template <typename Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(easy_.get(), option, value);
    }

    void set_options() {
        set(CURLOPT_URL, request_.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_FOLLOWLOCATION, 1L);
        set(CURLOPT_REDIR_PROTOCOLS_STR, "https");
        set(CURLOPT_MAXREDIRS, kMostRedirects);
        set(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
        set(CURLOPT_QUICK_EXIT, 1L);  // does not wait for a name that is still being looked up
#endif
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
        set(CURLOPT_LOW_SPEED_LIMIT, kStallBytesPerSecond);
        set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.stall_timeout.count()));
        set(CURLOPT_USERAGENT, "livedub");
        set(CURLOPT_ERRORBUFFER, reason_.data());
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
        set(CURLOPT_HEADERDATA, this);
        set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
        set(CURLOPT_WRITEDATA, this);
        for (const auto* name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
            const char* file = std::getenv(name);
            if (file != nullptr && *file != '\0') {
                set(CURLOPT_CAINFO, file);
                break;
            }
        }
        if (request_.offset > 0) {
            add_header(headers_, fmt::format("Range: bytes={}-", request_.offset));
            if (!request_.if_range.empty()) {
                add_header(headers_, "If-Range: " + request_.if_range);
            }
            set(CURLOPT_HTTPHEADER, headers_.get());
        }
    }

    static std::size_t on_header(const char* data, std::size_t one, std::size_t size, void* self) {
        auto& answer = static_cast<Transfer*>(self)->answer_;
        const std::string_view line{data, one * size};
        if (line.starts_with("HTTP/")) {
            answer = {};
            return one * size;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) {
            return one * size;
        }
        const std::string name{line.substr(0, colon)};
        constexpr std::string_view kBlank = " \t\r\n";
        auto value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(kBlank), value.size()));
        value = value.substr(0, value.find_last_not_of(kBlank) + 1);
        const std::array<std::pair<const char*, std::string*>, 5> wanted{
            {{"etag", &answer.etag},
             {"last-modified", &answer.last_modified},
             {"date", &answer.date},
             {"content-range", &answer.content_range},
             {"location", &answer.location}}};
        for (const auto& [known, into] : wanted) {
            if (curl_strequal(name.c_str(), known) != 0) {
                *into = value;
            }
        }
        return one * size;
    }

    static std::size_t on_body(const char* data, std::size_t one, std::size_t size, void* self) {
        return static_cast<Transfer*>(self)->take({data, one * size}) ? one * size
                                                                      : CURL_WRITEFUNC_ERROR;
    }

    bool take(std::string_view bytes) {
        if (!is_the_file()) {
            is_unwanted_ = true;
            return false;
        }
        auto taken = begin();
        if (taken) {
            taken = sink_.take(bytes);
        }
        if (!taken) {
            own_error_ = std::move(taken).error();
            return false;
        }
        return true;
    }

    /// Tells the sink what comes, once.
    Result<void> begin() {
        if (has_begun_) {
            return {};
        }
        DownloadHead head{.validator = validator_of(answer_)};
        if (status_now() == 206) {
            const auto range = parse_content_range(answer_.content_range);
            if (!range || range->first != request_.offset) {
                return failed(ErrorCode::kProtocol,
                              fmt::format("asked for what follows byte {}, the server sends \"{}\"",
                                          request_.offset, answer_.content_range));
            }
            head.offset = range->first;
            head.total = range->total;
        } else {
            curl_off_t length = -1;
            curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
            if (length >= 0) {
                head.total = static_cast<std::uint64_t>(length);
            }
        }
        has_begun_ = true;
        return sink_.begin(head);
    }

    [[nodiscard]] long status_now() const {
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        return status;
    }

    [[nodiscard]] bool is_the_file() const {
        const auto status = status_now();
        return status == 200 || status == 206;
    }

    [[nodiscard]] tl::unexpected<Error> transport_error(CURLcode code) const {
        switch (code) {
            case CURLE_UNSUPPORTED_PROTOCOL:
                if (answer_.location.empty()) {
                    return failed(code_of(code), said_by(code));  // of the answer, not of a URL
                }
                return failed(ErrorCode::kInvalidArgument,
                              fmt::format("redirected to {}, which is not https",
                                          shown_url(answer_.location)));
            case CURLE_TOO_MANY_REDIRECTS:
                return failed(ErrorCode::kInvalidArgument,
                              fmt::format("redirected more than {} times", kMostRedirects));
            case CURLE_PARTIAL_FILE:
                return failed(ErrorCode::kUnavailable, "broken off before its end");
            case CURLE_PEER_FAILED_VERIFICATION:
            case CURLE_SSL_CACERT_BADFILE:
                return failed(ErrorCode::kInvalidArgument, said_by(code));
            default:
                return failed(code_of(code), said_by(code));
        }
    }

    [[nodiscard]] std::string_view said_by(CURLcode code) const {
        return reason_.front() != '\0' ? reason_.data() : curl_easy_strerror(code);
    }

    Result<DownloadEnd> finish(CURLcode code) {
        if (own_error_) {
            return tl::unexpected{std::move(*own_error_)};
        }
        if (code != CURLE_OK && !is_unwanted_) {
            return transport_error(code);
        }
        const auto status = status_now();
        if (status == 416 && request_.offset > 0) {
            return DownloadEnd::kNothingThere;
        }
        if (!is_the_file()) {
            return failed(is_worth_another_try(status) ? ErrorCode::kUnavailable
                                                       : ErrorCode::kInvalidArgument,
                          fmt::format("HTTP {}", status));
        }
        if (auto begun = begin(); !begun) {  // of a file without bytes
            return tl::unexpected{std::move(begun).error()};
        }
        return DownloadEnd::kComplete;
    }

    const DownloadRequest& request_;
    DownloadSink& sink_;
    AnswerHeaders answer_;
    bool has_begun_ = false;
    bool is_unwanted_ = false;  // an answer that is not the file; its body was not read
    std::optional<Error> own_error_;
    std::array<char, CURL_ERROR_SIZE> reason_{};
    HeaderList headers_;
    Easy easy_;  // uses what is above
    Multi multi_;
};

}  // namespace

Result<DownloadEnd> download(const DownloadRequest& request, DownloadSink& sink,
                             const std::stop_token& stop) {
    ensure_curl();
    Transfer transfer{request, sink};
    return transfer.run(stop);
}

}  // namespace livedub::http
