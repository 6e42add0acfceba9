// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/client.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "http/curl_transfer.hpp"

namespace livedub::http {
namespace {

/// One request from its making to its answer. Lives on the stack of fetch().
class Exchange {
  public:
    explicit Exchange(const FetchRequest& request)
        : request_{request}, easy_{curl_easy_init()}, multi_{curl_multi_init()} {}
    ~Exchange() { curl_multi_remove_handle(multi_.get(), easy_.get()); }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    Result<FetchedPage> run(const std::stop_token& stop) {
        if (!easy_ || !multi_) {
            return failed(ErrorCode::kExhausted, "no memory");
        }
        if (auto prepared = prepare(); !prepared) {
            return tl::unexpected{std::move(prepared).error()};
        }
        const auto code = perform(easy_.get(), multi_.get(), stop, give_up_at_);
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

    Result<void> prepare() {
        const auto host = host_of(request_.url);
        if (!host) {
            return failed(ErrorCode::kInvalidArgument, "not an http or https URL");
        }
        set(CURLOPT_URL, request_.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        if (is_loopback(*host)) {
            set(CURLOPT_PROXY, "");  // none, whatever the environment says
        }
        set_limits();
        if (auto ready = set_method(); !ready) {
            return ready;
        }
        return set_headers();
    }

    void set_limits() {
        set(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
        set(CURLOPT_QUICK_EXIT, 1L);  // does not wait for a name that is still being looked up
#endif
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(request_.total_timeout.count()));
        set(CURLOPT_SSL_VERIFYPEER, request_.verify_certificate ? 1L : 0L);
        set(CURLOPT_SSL_VERIFYHOST, request_.verify_certificate ? 2L : 0L);
        set(CURLOPT_USERAGENT, "livedub");
        set(CURLOPT_ERRORBUFFER, reason_.data());
        set(CURLOPT_WRITEFUNCTION, &Exchange::on_body);
        set(CURLOPT_WRITEDATA, this);
    }

    Result<void> set_method() {
        if (!is_token(request_.method)) {
            return failed(ErrorCode::kInvalidArgument, "not an HTTP method");
        }
        if (request_.method == "HEAD") {
            set(CURLOPT_NOBODY, 1L);
            return {};
        }
        if (!request_.body.empty() || request_.method == "POST" || request_.method == "PUT") {
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
            set(CURLOPT_POSTFIELDS, request_.body.data());
        }
        set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
        return {};
    }

    Result<void> set_headers() {
        add_header(headers_, "Expect:");  // no round trip before a body
        bool has_type = false;
        for (const auto& [name, value] : request_.headers) {
            if (!is_token(name) || !is_header_value(value)) {
                return failed(ErrorCode::kInvalidArgument, "a header that cannot be sent");
            }
            // "Name;" is how curl is told of a header without a value.
            add_header(headers_, value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
            has_type = has_type || curl_strequal(name.c_str(), "content-type") != 0;
        }
        if (!has_type) {
            add_header(headers_, "Content-Type:");  // else curl says that a body is a form
        }
        set(CURLOPT_HTTPHEADER, headers_.get());
        return {};
    }

    static std::size_t on_body(const char* data, std::size_t one, std::size_t size, void* self) {
        return static_cast<Exchange*>(self)->take({data, one * size}) ? one * size
                                                                      : CURL_WRITEFUNC_ERROR;
    }

    bool take(std::string_view bytes) {
        if (page_.body.size() + bytes.size() > request_.max_bytes) {
            is_too_long_ = true;
            return false;
        }
        page_.body.append(bytes);
        if (request_.stall_timeout.count() > 0) {
            give_up_at_ = std::chrono::steady_clock::now() + request_.stall_timeout;
        }
        if (request_.is_enough) {
            read_head();
            page_.is_whole = !request_.is_enough(page_);
        }
        return page_.is_whole;
    }

    void read_head() {
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        const char* type = nullptr;
        curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_TYPE, &type);
        page_.status = static_cast<int>(status);
        page_.content_type = type == nullptr ? "" : type;
    }

    Result<FetchedPage> finish(CURLcode code) {
        if (is_too_long_) {
            return failed(ErrorCode::kExhausted,
                          fmt::format("the answer is longer than {} bytes", request_.max_bytes));
        }
        if (code != CURLE_OK && page_.is_whole) {
            return failed(code_of(code),
                          reason_.front() != '\0' ? reason_.data() : curl_easy_strerror(code));
        }
        read_head();
        return std::move(page_);
    }

    const FetchRequest& request_;
    FetchedPage page_;
    bool is_too_long_ = false;
    SteadyTime give_up_at_ = SteadyTime::max();  // moved by what comes
    std::array<char, CURL_ERROR_SIZE> reason_{};
    HeaderList headers_;
    Easy easy_;  // uses what is above
    Multi multi_;
};

}  // namespace

Result<FetchedPage> fetch(const FetchRequest& request, const std::stop_token& stop) {
    ensure_curl();
    Exchange exchange{request};
    return exchange.run(stop);
}

std::string shown_url(std::string_view url) {
    auto shown = std::string{url.substr(0, url.find_first_of("?#"))};
    const auto scheme = shown.find("://");
    const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
    const auto authority_end = std::min(shown.find('/', begin), shown.size());
    const auto at = shown.rfind('@', authority_end);
    if (at != std::string::npos && at >= begin) {
        shown.erase(begin, at + 1 - begin);
    }
    return shown;
}

}  // namespace livedub::http
