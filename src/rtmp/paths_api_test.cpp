// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/paths_api.hpp"

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "rtmp/rtmp_metrics.hpp"

namespace livedub::rtmp {
namespace {

std::vector<PathInfo> two_paths() {
    PathInfo in;
    in.name = "live/demo/in";
    in.query = "lang=es";
    in.source = PeerInfo{.type = "rtmpConn", .id = "1"};
    in.is_ready = true;
    in.ready_time = std::chrono::system_clock::time_point{std::chrono::milliseconds{1'500}};
    in.tracks = {"H264", "MPEG-4 Audio"};
    in.bytes_received = 10;
    in.bytes_sent = 20;
    in.readers = {{.type = "rtmpConn", .id = "2"}};
    PathInfo out;
    out.name = "live/demo/out";
    return {in, out};
}

http::Response get(const std::string& path, const std::string& query = {}) {
    return make_paths_api(two_paths)({.method = "GET", .path = path, .query = query, .body = {}});
}

constexpr const char* kIn =
    R"({"name":"live/demo/in","confName":"all_others","source":{"type":"rtmpConn","id":"1"},)"
    R"("ready":true,"readyTime":"1970-01-01T00:00:01.500000000Z",)"
    R"("tracks":["H264","MPEG-4 Audio"],"bytesReceived":10,"bytesSent":20,)"
    R"("readers":[{"type":"rtmpConn","id":"2"}],"query":"lang=es"})";
constexpr const char* kOut =
    R"({"name":"live/demo/out","confName":"all_others","source":null,"ready":false,)"
    R"("readyTime":null,"tracks":[],"bytesReceived":0,"bytesSent":0,"readers":[],"query":""})";

TEST(PathsApi, ListsAllPaths) {
    const auto answer = get("/v3/paths/list");

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(answer.body,
              std::string{R"({"itemCount":2,"pageCount":1,"items":[)"} + kIn + "," + kOut + "]}");
}

TEST(PathsApi, GivesPages) {
    EXPECT_EQ(get("/v3/paths/list", "itemsPerPage=1&page=1").body,
              std::string{R"({"itemCount":2,"pageCount":2,"items":[)"} + kOut + "]}");
    EXPECT_EQ(get("/v3/paths/list", "itemsPerPage=1&page=7").body,
              R"({"itemCount":2,"pageCount":2,"items":[]})");
    EXPECT_EQ(get("/v3/paths/list", "itemsPerPage=0").status, 400);
    EXPECT_EQ(get("/v3/paths/list", "page=x").status, 400);
}

TEST(PathsApi, GetsOneByName) {
    EXPECT_EQ(get("/v3/paths/get/live/demo/in").body, kIn);
    EXPECT_EQ(get("/v3/paths/get/live%2Fdemo%2Fout").body, kOut);
}

TEST(PathsApi, SaysWhatItDoesNotHave) {
    const auto missing = get("/v3/paths/get/live/other/in");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.body, R"({"error":"path not found"})");
    EXPECT_EQ(get("/v3/config").status, 404);
    EXPECT_EQ(make_paths_api(two_paths)(
                  {.method = "POST", .path = "/v3/paths/list", .query = {}, .body = {}})
                  .status,
              405);
}

TEST(MetricsPage, HasPathsByStateAndTheirTotals) {
    prometheus::Registry registry;
    Metrics metrics{registry};
    const auto page = make_metrics_page(registry);
    const http::Request request{.method = "GET", .path = "/metrics", .query = {}, .body = {}};
    std::string ready;
    {
        Series series{metrics.paths, metrics.path_bytes_received, metrics.path_bytes_sent, "name",
                      "live/demo/in"};
        series.set_state("notReady");
        series.add_received(7);
        series.set_state("ready");
        series.add_sent(3);
        ready = page(request).body;
    }
    const auto gone = page(request).body;

    EXPECT_NE(ready.find(R"(paths{name="live/demo/in",state="ready"} 1)"), std::string::npos);
    EXPECT_NE(ready.find(R"(paths_bytes_received{name="live/demo/in",state="ready"} 7)"),
              std::string::npos);
    EXPECT_NE(ready.find(R"(paths_bytes_sent{name="live/demo/in",state="ready"} 3)"),
              std::string::npos);
    EXPECT_EQ(ready.find("notReady\"}"), std::string::npos);
    EXPECT_EQ(gone.find("live/demo/in"), std::string::npos);
    EXPECT_NE(gone.find("rtmp_dropped_gops_total 0"), std::string::npos);
}

}  // namespace
}  // namespace livedub::rtmp
