// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/client.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

namespace livedub::http {
namespace {

// curl's own timers are asked at least this often; `stop` needs none of it, it wakes the wait.
constexpr int kLongestWaitMs = 1'000;

template <auto Release>
struct Free {
    template <typename T>
    void operator()(T* owned) const noexcept {
        Release(owned);
    }
};
using Easy = std::unique_ptr<CURL, Free<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Free<curl_multi_cleanup>>;
using Url = std::unique_ptr<CURLU, Free<curl_url_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Free<curl_slist_free_all>>;

/// The library wants to be set up before its first use, once per process.
void ensure_library() {
    [[maybe_unused]] static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
}

std::string part(CURLU* url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, 0) != CURLUE_OK) {
        return {};
    }
    const std::unique_ptr<char, Free<curl_free>> owned{text};
    return owned.get();
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
           host.starts_with("127.");
}

bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](unsigned char c) {
        return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
    });
}

bool is_header_value(std::string_view text) {
    return text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
}

ErrorCode code_of(CURLcode code) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return ErrorCode::kTimeout;
        case CURLE_URL_MALFORMAT:
            return ErrorCode::kInvalidArgument;
        case CURLE_UNSUPPORTED_PROTOCOL:  // of the answer: the scheme was looked at
        case CURLE_GOT_NOTHING:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_HTTP2:
            return ErrorCode::kProtocol;
        case CURLE_OUT_OF_MEMORY:
            return ErrorCode::kExhausted;
        default:
            return ErrorCode::kUnavailable;
    }
}

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
        const std::stop_callback wake{stop, [this] { curl_multi_wakeup(multi_.get()); }};
        curl_multi_add_handle(multi_.get(), easy_.get());
        for (int running = 1; running > 0;) {
            if (stop.stop_requested()) {
                return failed(ErrorCode::kCancelled, "stopped");
            }
            if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) {
                return failed(ErrorCode::kInternal, "the HTTP library failed");
            }
            if (running > 0) {
                curl_multi_poll(multi_.get(), nullptr, 0, kLongestWaitMs, nullptr);
            }
        }
        return finish();
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
        const Url url{curl_url()};
        if (curl_url_set(url.get(), CURLUPART_URL, request_.url.c_str(), 0) != CURLUE_OK) {
            return failed(ErrorCode::kInvalidArgument, "not an http or https URL");
        }
        const auto scheme = part(url.get(), CURLUPART_SCHEME);
        if (scheme != "http" && scheme != "https") {
            return failed(ErrorCode::kInvalidArgument, "not an http or https URL");
        }
        set(CURLOPT_URL, request_.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        if (is_loopback(part(url.get(), CURLUPART_HOST))) {
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
        set(CURLOPT_WRITEFUNCTION, &Exchange::take);
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
        add_header("Expect:");  // no round trip before a body
        bool has_type = false;
        for (const auto& [name, value] : request_.headers) {
            if (!is_token(name) || !is_header_value(value)) {
                return failed(ErrorCode::kInvalidArgument, "a header that cannot be sent");
            }
            // "Name;" is how curl is told of a header without a value.
            add_header(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
            has_type = has_type || curl_strequal(name.c_str(), "content-type") != 0;
        }
        if (!has_type) {
            add_header("Content-Type:");  // else curl says that a body is a form
        }
        set(CURLOPT_HTTPHEADER, headers_.get());
        return {};
    }

    void add_header(const std::string& line) {
        if (auto* grown = curl_slist_append(headers_.get(), line.c_str())) {
            static_cast<void>(headers_.release());  // is what `grown` begins with
            headers_.reset(grown);
        }
    }

    static std::size_t take(const char* data, std::size_t one, std::size_t size, void* self) {
        auto& exchange = *static_cast<Exchange*>(self);
        if (exchange.page_.body.size() + one * size > exchange.request_.max_bytes) {
            exchange.is_too_long_ = true;
            return CURL_WRITEFUNC_ERROR;
        }
        exchange.page_.body.append(data, one * size);
        return one * size;
    }

    Result<FetchedPage> finish() {
        int left = 0;
        const auto* message = curl_multi_info_read(multi_.get(), &left);
        if (message == nullptr) {
            return failed(ErrorCode::kInternal, "the HTTP library gave no result");
        }
        const auto code = message->data.result;
        if (is_too_long_) {
            return failed(ErrorCode::kExhausted,
                          fmt::format("the answer is longer than {} bytes", request_.max_bytes));
        }
        if (code != CURLE_OK) {
            return failed(code_of(code),
                          reason_.front() != '\0' ? reason_.data() : curl_easy_strerror(code));
        }
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        const char* type = nullptr;
        curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_TYPE, &type);
        page_.status = static_cast<int>(status);
        page_.content_type = type == nullptr ? "" : type;
        return std::move(page_);
    }

    const FetchRequest& request_;
    FetchedPage page_;
    bool is_too_long_ = false;
    std::array<char, CURL_ERROR_SIZE> reason_{};
    HeaderList headers_;
    Easy easy_;  // uses what is above
    Multi multi_;
};

}  // namespace

Result<FetchedPage> fetch(const FetchRequest& request, const std::stop_token& stop) {
    ensure_library();
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
