// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "hooks/hook_sender.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "http/server.hpp"
#include "net/io_thread.hpp"

namespace livedub::hooks {
namespace {

using testing::ElementsAre;

/// An orchestrator that notes what it is told, and answers with the status it was given.
class Orchestrator {
  public:
    explicit Orchestrator(std::vector<int> statuses) : statuses_{std::move(statuses)} {
        auto server = http::Server::start(io_, "127.0.0.1", 0, [this](const http::Request& asked) {
            const MutexLock lock{mutex_};
            told_.push_back(asked);
            changed_.notify_all();
            const auto index = told_.size() - 1;
            return http::Response{.status = index < statuses_.size() ? statuses_[index] : 200};
        });
        EXPECT_TRUE(server) << server.error().message();
        server_ = std::move(*server);
    }

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_->port());
    }

    [[nodiscard]] std::vector<http::Request> wait_for(std::size_t count) {
        const MutexLock lock{mutex_};
        changed_.wait_for(mutex_, std::chrono::seconds{20}, [&] { return told_.size() >= count; });
        return told_;
    }

  private:
    const std::vector<int> statuses_;
    Mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<http::Request> told_;
    net::IoThread io_;
    std::unique_ptr<http::Server> server_;
};

SourceChange change(bool is_ready, std::string path) {
    return {.is_ready = is_ready,
            .path = std::move(path),
            .query = "lang=es",
            .source_type = "rtmpConn",
            .source_id = "7"};
}

TEST(HookSender, TellsEveryChangeInOrder) {
    Orchestrator orchestrator{{}};
    HookSender sender{orchestrator.url() + "/", "s3cret"};

    sender.send(change(true, "live/a/in"));
    sender.send(change(false, "live/a/in"));

    const auto told = orchestrator.wait_for(2);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].path, "/v1/mediamtx/events/ready");
    EXPECT_EQ(told[1].path, "/v1/mediamtx/events/not-ready");
    EXPECT_EQ(told[0].method, "POST");
    EXPECT_EQ(told[0].body,
              R"({"path":"live/a/in","sourceType":"rtmpConn","sourceId":"7","query":"lang=es"})");
    EXPECT_EQ(told[0].headers.at("content-type"), "application/json");
    EXPECT_EQ(told[0].headers.at("authorization"), "Bearer s3cret");
}

TEST(HookSender, TriesAgainAndThenGoesOnWithTheNext) {
    Orchestrator orchestrator{{503, 200}};
    HookSender sender{orchestrator.url(), ""};

    sender.send(change(true, "live/a/in"));
    sender.send(change(true, "live/b/in"));

    const auto told = orchestrator.wait_for(3);
    std::vector<bool> is_about_a;
    for (const auto& request : told) {
        is_about_a.push_back(request.body.find("live/a/in") != std::string::npos);
    }
    EXPECT_THAT(is_about_a, ElementsAre(true, true, false));
}

TEST(HookSender, EndsAtOnceWhenNobodyListens) {
    const auto url = Orchestrator{{}}.url();  // which is gone by now
    HookSender sender{url, ""};
    sender.send(change(true, "live/a/in"));
}

TEST(HookSender, QueriesOfAnyBytesBecomeJson) {
    auto odd = change(true, "live/a/in");
    odd.query = "a=\"\\\n\xFF";
    EXPECT_EQ(to_json(odd),
              "{\"path\":\"live/a/in\",\"sourceType\":\"rtmpConn\",\"sourceId\":\"7\","
              "\"query\":\"a=\\\"\\\\\\n\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace livedub::hooks
