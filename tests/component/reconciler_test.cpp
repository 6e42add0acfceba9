// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// media-service's own look at what the media server has, against a list that the tests write: what
// is missing is begun, and nothing is ever ended by it.

#include "orchestrator/reconciler.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "media_session/stream_metrics.hpp"
#include "media_session/stream_table.hpp"

namespace livedub::orchestrator {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::StartsWith;

constexpr std::chrono::seconds kPatience{20};
constexpr const char* kNothing = R"({"itemCount":0,"pageCount":0,"items":[]})";

/// One page of /v3/paths/list.
std::string page(int pages, const std::string& items) {
    return R"({"itemCount":1,"pageCount":)" + std::to_string(pages) + R"(,"items":[)" + items +
           "]}";
}

std::string item(const std::string& name, const std::string& more = "") {
    return R"({"name":")" + name + R"(","ready":true,"source":{"type":"rtmpConn","id":"1-2"})" +
           more + "}";
}

/// The media server: answers what it is told to, and keeps what it was asked.
class MediaServer {
  public:
    using Answer = std::function<Result<std::string>(const std::string& url)>;

    explicit MediaServer(Answer answer) : answer_{std::move(answer)} {}

    [[nodiscard]] Reconciler::Fetch fetch() {
        return [this](const std::string& url, const std::stop_token& /*stop*/) {
            const MutexLock lock{mutex_};
            asked_.push_back(url);
            changed_.notify_all();
            return answer_(url);
        };
    }

    /// Until so many questions were asked, the answers to all but the last of which were used.
    [[nodiscard]] bool wait_for(std::size_t count) {
        const auto until = SystemClock{}.now() + kPatience;
        const MutexLock lock{mutex_};
        return changed_.wait_until(
            mutex_, until, [&]() LIVEDUB_REQUIRES(mutex_) { return asked_.size() >= count; });
    }

    [[nodiscard]] std::vector<std::string> asked() const {
        const MutexLock lock{mutex_};
        return asked_;
    }

  private:
    mutable Mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<std::string> asked_ LIVEDUB_GUARDED_BY(mutex_);
    const Answer answer_;
};

class ReconcilerTest : public testing::Test {
  protected:
    /// Looks often, so that a test sees many looks.
    [[nodiscard]] Reconciler reconcile(MediaServer& server) {
        return Reconciler{"http://server", table_, server.fetch(), milliseconds{5}};
    }

    [[nodiscard]] StreamState state_of(const std::string& id) const {
        const auto stream = table_.stream(id);
        return stream ? stream->state : StreamState::kIdle;
    }

    SystemClock clock_;
    prometheus::Registry registry_;
    MediaMetrics metrics_{registry_};
    // Nobody publishes at port 0: streams that are begun wait for their input.
    StreamTable table_{{.rtmp_base = "rtmp://127.0.0.1:0", .defaults = {}, .most_streams = 0},
                       nullptr,
                       metrics_,
                       clock_,
                       [](const DecidedFragment&) {}};
};

TEST_F(ReconcilerTest, ReadsEveryPageAndBeginsWhatIsMissing) {
    MediaServer server{[](const std::string& url) -> Result<std::string> {
        return url.find("page=0") != std::string::npos
                   ? page(2, item("live/a/in", R"(,"query":"lang=fr")") + "," + item("live/a/out"))
                   : page(2, item("live/b/in", R"(,"query":"")") + "," +
                                 R"({"name":"live/c/in","ready":false,"source":null})");
    }};
    const auto reconciler = reconcile(server);

    ASSERT_TRUE(server.wait_for(3));

    EXPECT_THAT(server.asked()[0], StartsWith("http://server/v3/paths/list?page=0&"));
    EXPECT_THAT(server.asked()[1], StartsWith("http://server/v3/paths/list?page=1&"));
    EXPECT_EQ(state_of("a"), StreamState::kStarting);
    EXPECT_EQ(state_of("b"), StreamState::kStarting);
    EXPECT_EQ(table_.streams().size(), 2U);
    EXPECT_EQ(table_.stream("a")->options.target_language, "fr");
}

TEST_F(ReconcilerTest, AsksForTheQueryThatTheListDoesNotHave) {
    MediaServer server{[](const std::string& url) -> Result<std::string> {
        return url.ends_with("/v3/rtmpconns/get/1-2")
                   ? R"({"id":"1-2","query":"lang=ca&domain=sports"})"
                   : page(1, item("live/a/in"));
    }};
    const auto reconciler = reconcile(server);

    ASSERT_TRUE(server.wait_for(3));

    EXPECT_THAT(server.asked(), Contains(EndsWith("/v3/rtmpconns/get/1-2")));
    ASSERT_EQ(state_of("a"), StreamState::kStarting);
    EXPECT_EQ(table_.stream("a")->options.target_language, "ca");
    EXPECT_THAT(table_.stream("a")->options.domain_hints, ElementsAre("sports"));
}

TEST_F(ReconcilerTest, NeverStopsAStreamThatTheListDoesNotHave) {
    ASSERT_EQ(
        table_.ready(
            {.path = "live/a/in", .query = {}, .source_id = "1-2", .source_type = "rtmpConn"}),
        ReportResult::kAccepted);
    MediaServer server{[](const std::string& /*url*/) -> Result<std::string> { return kNothing; }};
    const auto reconciler = reconcile(server);

    ASSERT_TRUE(server.wait_for(20));

    EXPECT_EQ(state_of("a"), StreamState::kStarting);
}

TEST_F(ReconcilerTest, LooksAgainAfterAServerThatIsAwayOrTalksNonsense) {
    int count = 0;
    MediaServer server{[&count](const std::string& /*url*/) -> Result<std::string> {
        ++count;
        if (count == 1) {
            return fail(ErrorCode::kUnavailable, "nobody there");
        }
        return count == 2 ? std::string{"<html>"} : page(1, item("live/a/in", R"(,"query":"")"));
    }};
    const auto reconciler = reconcile(server);

    ASSERT_TRUE(server.wait_for(4));

    EXPECT_EQ(state_of("a"), StreamState::kStarting);
}

TEST_F(ReconcilerTest, EndsWhileItWaits) {
    MediaServer server{[](const std::string& /*url*/) -> Result<std::string> { return kNothing; }};
    {
        const Reconciler reconciler{"http://server", table_, server.fetch(), kPatience * 30};
        ASSERT_TRUE(server.wait_for(1));
    }

    EXPECT_EQ(server.asked().size(), 1U);
}

}  // namespace
}  // namespace livedub::orchestrator
