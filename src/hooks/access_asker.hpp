// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks somebody else whether a client may publish or play, as MediaMTX's authHTTPAddress does: one
// POST with a JSON object; any 2xx is a yes. What cannot be asked is refused.

#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/bounded_queue.hpp"
#include "base/result.hpp"

namespace livedub::hooks {

struct AccessQuestion {
    std::string user;
    std::string password;
    std::string ip;
    std::string action;  // "publish", "read"
    std::string path;    // "live/demo/in"
    std::string query;   // as the client sent it
    std::string id;      // of its connection
};

/// The JSON body of the question, with MediaMTX's names: user, password, token, ip, action, path,
/// protocol ("rtmp"), id, query.
[[nodiscard]] std::string to_json(const AccessQuestion& question);

class AccessAsker {
  public:
    /// Called once, on a thread of the asker's; not when the asker ends first. Errors:
    /// kInvalidArgument (the answer was no), kUnavailable (nobody answered).
    using Answer = std::function<void(Result<void>)>;

    /// @param url http or https; credentials in it are sent and never shown.
    explicit AccessAsker(std::string url);

    /// Gives up on what has not been answered. At most 200 ms.
    ~AccessAsker() = default;
    AccessAsker(const AccessAsker&) = delete;
    AccessAsker& operator=(const AccessAsker&) = delete;

    /// Any thread; returns at once. With kMostWaiting questions unasked the oldest is answered with
    /// an error, at once and on the caller's thread.
    void ask(AccessQuestion question, Answer answer);

    static constexpr std::size_t kMostWaiting = 256;

  private:
    struct Waiting {
        AccessQuestion question;
        Answer answer;
    };
    void run(const std::stop_token& stop);
    [[nodiscard]] Result<void> post(const AccessQuestion& question,
                                    const std::stop_token& stop) const;

    // Constant after construction.
    const std::string url_;

    BoundedQueue<Waiting> waiting_{kMostWaiting};

    // Last, so that they are joined before anything they use is destroyed.
    std::vector<std::jthread> threads_;
};

}  // namespace livedub::hooks
