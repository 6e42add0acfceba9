// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/fragment_ledger.hpp"

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

StreamTime ms(std::int64_t value) {
    return StreamTime{milliseconds{value}};
}

constexpr SteadyTime kNow{seconds{100}};

TEST(FragmentLedger, CutsOnTheGridOfTheTimeline) {
    FragmentLedger ledger{seconds{6}};

    EXPECT_EQ(ledger.next_cut(ms(5'999)), std::nullopt);
    EXPECT_EQ(ledger.next_cut(ms(6'020)), std::pair(ms(0), ms(6'000)));
    EXPECT_EQ(ledger.open(ms(0), ms(6'000), kNow).number, 0U);
    EXPECT_EQ(ledger.next_cut(ms(11'999)), std::nullopt);
    EXPECT_EQ(ledger.next_cut(ms(12'000)), std::pair(ms(6'000), ms(12'000)));
}

TEST(FragmentLedger, AfterATailOrABreakTheGridIsTheSame) {
    FragmentLedger ledger{seconds{6}};

    EXPECT_EQ(ledger.tail(ms(2'500)), std::pair(ms(0), ms(2'500)));
    ledger.open(ms(0), ms(2'500), kNow);
    EXPECT_EQ(ledger.tail(ms(2'500)), std::nullopt);
    ledger.skip_to(ms(8'000));

    EXPECT_EQ(ledger.next_cut(ms(12'100)), std::pair(ms(8'000), ms(12'000)));
}

TEST(FragmentLedger, SaysUpToWhereItWasCutOrSkipped) {
    FragmentLedger ledger{seconds{6}};
    EXPECT_EQ(ledger.cut(), ms(0));

    ledger.open(ms(0), ms(6'000), kNow);
    EXPECT_EQ(ledger.cut(), ms(6'000));

    ledger.skip_to(ms(5'000));
    EXPECT_EQ(ledger.cut(), ms(6'000));
    ledger.skip_to(ms(7'500));
    EXPECT_EQ(ledger.cut(), ms(7'500));
}

TEST(FragmentLedger, AFragmentIsDecidedOnce) {
    FragmentLedger ledger{seconds{6}};
    ledger.open(ms(0), ms(6'000), kNow);
    ledger.open(ms(6'000), ms(12'000), kNow + seconds{6});

    EXPECT_TRUE(ledger.close(1));
    EXPECT_FALSE(ledger.close(1));
    EXPECT_EQ(ledger.next_deadline(), kNow);
    EXPECT_TRUE(ledger.close_overdue(kNow - milliseconds{1}).empty());
    ASSERT_EQ(ledger.close_overdue(kNow + seconds{60}).size(), 1U);
    EXPECT_FALSE(ledger.close(0));
    EXPECT_EQ(ledger.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace livedub
