// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "hooks/access_asker.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "http/server.hpp"
#include "net/io_thread.hpp"

namespace livedub::hooks {
namespace {

AccessQuestion question(std::string path) {
    return {.user = "u",
            .password = "p\"",
            .ip = "192.0.2.1",
            .action = "publish",
            .path = std::move(path),
            .query = "user=u&pass=p%22",
            .id = "7"};
}

/// Says yes to one path, and 401 to the rest.
class Gatekeeper {
  public:
    Gatekeeper() {
        auto server = http::Server::start(io_, "127.0.0.1", 0, [this](const http::Request& asked) {
            const MutexLock lock{mutex_};
            last_ = asked;
            const bool is_yes = asked.body.find("live/yes/in") != std::string::npos;
            return http::Response{.status = is_yes ? 204 : 401};
        });
        EXPECT_TRUE(server) << server.error().message();
        server_ = std::move(*server);
    }
    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_->port()) + "/auth";
    }
    [[nodiscard]] http::Request last() const {
        const MutexLock lock{mutex_};
        return last_;
    }

  private:
    mutable Mutex mutex_;
    http::Request last_;
    net::IoThread io_;
    std::unique_ptr<http::Server> server_;
};

Result<void> ask(AccessAsker& asker, std::string path) {
    auto answered = std::make_shared<std::promise<Result<void>>>();
    auto answer = answered->get_future();
    asker.ask(question(std::move(path)),
              [answered](Result<void> said) { answered->set_value(std::move(said)); });
    if (answer.wait_for(std::chrono::seconds{20}) != std::future_status::ready) {
        return fail(ErrorCode::kTimeout, "no answer");
    }
    return answer.get();
}

TEST(AccessAsker, AsksAsMediaMtxDoesAndTakesTheAnswer) {
    const Gatekeeper gatekeeper;
    AccessAsker asker{gatekeeper.url()};
    EXPECT_TRUE(ask(asker, "live/yes/in"));
    const auto asked = gatekeeper.last();
    EXPECT_EQ(asked.method, "POST");
    EXPECT_EQ(asked.path, "/auth");
    EXPECT_EQ(asked.body,
              R"({"user":"u","password":"p\"","token":"","ip":"192.0.2.1","action":"publish",)"
              R"("path":"live/yes/in","protocol":"rtmp","id":"7","query":"user=u&pass=p%22"})");
    EXPECT_EQ(ask(asker, "live/no/in").error().code(), ErrorCode::kInvalidArgument);
}

TEST(AccessAsker, WhoCannotBeAskedSaysNoYes) {
    std::string url;
    {
        const Gatekeeper gone;
        url = gone.url();
    }
    AccessAsker asker{url};
    EXPECT_EQ(ask(asker, "live/yes/in").error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace livedub::hooks
