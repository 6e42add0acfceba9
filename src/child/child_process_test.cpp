// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "child/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace livedub::child {
namespace {

using testing::HasSubstr;

constexpr SteadyTime kForever = SteadyTime::max();

/// A shell script, run to its end; of one that crashes no core file is left.
std::string end_of(const std::string& script, std::vector<std::string> variables = {},
                   int input = -1) {
    const auto child = ChildProcess::start({.words = {"sh", "-c", "ulimit -c 0; " + script},
                                            .variables = std::move(variables),
                                            .input = input});
    EXPECT_TRUE(child) << child.error().message();
    EXPECT_TRUE((*child)->await_end(kForever));
    EXPECT_FALSE((*child)->is_running());
    const int status = (*child)->end();
    return how_it_ended(status, (*child)->last_line());
}

TEST(ChildProcess, TellsHowItEnded) {
    EXPECT_EQ(end_of("exit 0"), "exit code 0");
    EXPECT_EQ(end_of("echo lost; echo one >&2; echo two >&2; exit 3"), "exit code 3: two");
    EXPECT_EQ(end_of("echo 'assertion failed' >&2; kill -ABRT $$"),
              "signal 6 (Aborted): assertion failed");
    EXPECT_EQ(end_of("kill -SEGV $$"), "signal 11 (Segmentation fault)");
}

TEST(ChildProcess, KeepsTheEndOfALongStory) {
    const auto end = end_of("i=0; while [ $i -lt 1000 ]; do echo line $i >&2; i=$((i+1)); done");

    EXPECT_EQ(end, "exit code 0: line 999");
}

TEST(ChildProcess, HasTheVariablesOfThisOneOrThoseItIsGiven) {
    ::setenv("LIVEDUB_TEST_KEPT", "kept", 1);    // NOLINT(concurrency-mt-unsafe): one thread
    ::setenv("LIVEDUB_TEST_OTHER", "other", 1);  // NOLINT(concurrency-mt-unsafe)

    EXPECT_EQ(end_of("echo $LIVEDUB_TEST_KEPT $LIVEDUB_TEST_OTHER >&2", {"LIVEDUB_TEST_OTHER=new"}),
              "exit code 0: kept new");
}

TEST(ChildProcess, HasNoDescriptorButItsInput) {
    const OwnedFd open{::open("/dev/null", O_RDONLY)};  // NOLINT: not close-on-exec, as libraries'
    int ends[2];                                        // NOLINT(*-avoid-c-arrays): as pipe() takes
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const OwnedFd out{ends[0]};
    OwnedFd in{ends[1]};
    ASSERT_EQ(::write(in.get(), "hello\n", 6), 6);

    const auto script =
        "read word; echo $word >&2; test ! -e /proc/self/fd/" + std::to_string(open.get());

    EXPECT_EQ(end_of(script, {}, out.get()), "exit code 0: hello");
    EXPECT_EQ(end_of("read word"), "exit code 1");  // without one there is nothing to read
}

TEST(ChildProcess, IsWaitedForUntilTheDeadlineAndKilledWhenItIsForgotten) {
    pid_t pid = -1;
    {
        const auto child = ChildProcess::start({.words = {"sleep", "1000"}});
        ASSERT_TRUE(child);
        pid = (*child)->pid();

        EXPECT_FALSE((*child)->await_end(SteadyTime{}));
        EXPECT_TRUE((*child)->is_running());
        EXPECT_EQ(::kill(pid, 0), 0);
    }
    EXPECT_EQ(::kill(pid, 0), -1);
    EXPECT_EQ(errno, ESRCH);
}

TEST(ChildProcess, NamesAProgramThatIsNotThere) {
    const auto child = ChildProcess::start({.words = {"/nowhere/program"}});

    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(child.error().message(), HasSubstr("/nowhere/program"));
}

TEST(FindProgram, LooksBesideThisOneFirst) {
    EXPECT_THAT(find_program("child_test"), testing::EndsWith("/child_test"));
    EXPECT_EQ(find_program("no-such-program"), "no-such-program");
}

}  // namespace
}  // namespace livedub::child
