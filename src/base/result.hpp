// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Result<T> is how every function in this tree reports a failure that the
// caller is expected to handle: a peer that hung up, a model that is missing,
// a packet that does not parse. Broken invariants are not Results; they abort
// through LIVEDUB_CHECK. Exceptions from libraries stop where the library is
// wrapped and become an Error there.

#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace livedub {

/// What the caller can do about a failure, not where it came from.
///
/// Values are logged and exported as metric labels: add at the end, never
/// renumber. Zero is not a value, so a zeroed Error is recognisably broken.
enum class ErrorCode {
    kInvalidArgument = 1,  // the request can never succeed as made
    kProtocol = 2,         // the peer broke the wire contract; close the session
    kUnavailable = 3,      // may work later; retry with backoff
    kTimeout = 4,          // a deadline passed
    kCancelled = 5,        // we were asked to stop; not worth a log line
    kExhausted = 6,        // a bounded resource is full
    kInternal = 7,         // a bug on our side
};

class [[nodiscard]] Error {
  public:
    Error(ErrorCode code, std::string message) : code_{code}, message_{std::move(message)} {}

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }

    /// Returns this error with "`context`: " put in front of its message.
    ///
    /// Each layer adds what only it knows, so the line that reaches the log
    /// reads from the outside in: "stream live/a: connect to sts: refused".
    [[nodiscard]] Error with_context(std::string_view context) && {
        message_.insert(0, std::string{context} + ": ");
        return std::move(*this);
    }

  private:
    ErrorCode code_;
    std::string message_;
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
    return tl::unexpected<Error>{Error{code, std::move(message)}};
}

}  // namespace livedub
