// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "orchestrator/path_list.hpp"

#include <gtest/gtest.h>

namespace livedub::orchestrator {
namespace {

TEST(PathList, OnlyReadyInputsAreTaken) {
    const auto page = parse_path_page(R"({"itemCount":6,"pageCount":2,"items":[
        {"name":"live/a/in","ready":true,"source":{"type":"rtmpConn","id":"1-2"},"query":"lang=fr"},
        {"name":"live/b/in","ready":true,"source":null},
        {"name":"live/c/in","ready":false,"source":{"type":"rtmpConn","id":"3"}},
        {"name":"live/a/out","ready":true},{"name":"cam","ready":true},17]})");

    ASSERT_TRUE(page) << page.error().message();
    EXPECT_EQ(page->page_count, 2U);
    ASSERT_EQ(page->inputs.size(), 2U);
    EXPECT_EQ(page->inputs[0].path, "live/a/in");
    EXPECT_EQ(page->inputs[0].source_type, "rtmpConn");
    EXPECT_EQ(page->inputs[0].source_id, "1-2");
    EXPECT_EQ(page->inputs[0].query, "lang=fr");
    EXPECT_EQ(page->inputs[1].source_id, "");
    EXPECT_FALSE(page->inputs[1].query.has_value());
}

class NotAPathPage : public testing::TestWithParam<const char*> {};

TEST_P(NotAPathPage, IsAnError) {
    const auto page = parse_path_page(GetParam());
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code(), ErrorCode::kProtocol);
}

INSTANTIATE_TEST_SUITE_P(All, NotAPathPage,
                         testing::Values("", "[]", "{}", "<html>", R"({"items":[]})",
                                         R"({"items":{},"pageCount":1})",
                                         R"({"items":[],"pageCount":-1})"));

TEST(PathList, AskingForOnePublisherTakesAKindAndAnId) {
    EXPECT_EQ(publisher_page("rtmpConn", "ab-1"), "/v3/rtmpconns/get/ab-1");
    EXPECT_EQ(publisher_page("srtConn", "x"), "/v3/srtconns/get/x");
    EXPECT_EQ(publisher_page("redirect", "x"), "");
    EXPECT_EQ(publisher_page("rtmpConn", "../config"), "");
    EXPECT_EQ(publisher_page("rtmpConn", ""), "");
    EXPECT_EQ(parse_publisher_query(R"({"id":"x","query":"lang=fr"})"), "lang=fr");
    EXPECT_FALSE(parse_publisher_query(R"({"id":"x","query":null})").has_value());
    EXPECT_FALSE(parse_publisher_query("nothing").has_value());
}

}  // namespace
}  // namespace livedub::orchestrator
