// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/child_pipeline.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child/arguments.hpp"

namespace livedub::apertium {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStopPoll{20};
constexpr int kStderr = 2;

std::string reason(int error) {
    return std::generic_category().message(error);
}

/// posix_spawn's two settings objects, filled in for one stage.
class SpawnSettings {
  public:
    SpawnSettings() {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
    }
    ~SpawnSettings() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    void connect(int in, int out) {
        posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
        // What the stages complain about is of no use to anyone, and an unread pipe would block
        // them.
        posix_spawn_file_actions_addopen(&actions_, kStderr, "/dev/null", O_WRONLY, 0);
        // Libraries in this process may hold descriptors that are not close-on-exec.
        posix_spawn_file_actions_addclosefrom_np(&actions_, kStderr + 1);
    }

    /// @param group 0 makes the child the leader of a new group.
    void join_group(pid_t group) {
        sigset_t none;
        sigset_t defaults;
        sigemptyset(&none);
        sigemptyset(&defaults);
        // A server ignores SIGPIPE and blocks SIGTERM; its children must not.
        for (const int signal : {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD}) {
            sigaddset(&defaults, signal);
        }
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &defaults);
        posix_spawnattr_setpgroup(&attributes_, group);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }

    int run(pid_t& pid, const std::vector<std::string>& command,
            const std::vector<std::string>& environment) {
        auto arguments = child::pointers(command);
        auto variables = child::pointers(environment);
        return posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(),
                            variables.data());
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// Ours without its locale, in which the stages must find UTF-8 whatever the server was started in.
std::vector<std::string> child_environment() {
    std::vector<std::string> out{"LC_ALL=C.UTF-8"};
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text{*variable};
        if (!text.starts_with("LC_ALL=")) {
            out.emplace_back(text);
        }
    }
    return out;
}

enum class IoStatus {
    kDone = 1,
    kWait = 2,
    kBroken = 3,
};

/// Writes what the socket takes now.
IoStatus write_some(int fd, std::string_view& rest) {
    while (!rest.empty()) {
        const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return IoStatus::kWait;
        } else if (errno != EINTR) {
            return IoStatus::kBroken;
        }
    }
    return IoStatus::kDone;
}

/// Reads what is there now, up to a NUL, which it takes off.
IoStatus read_some(int fd, std::string& answer) {
    std::array<char, 4096> buffer{};
    while (answer.size() <= ChildPipeline::kMaxAnswer) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got > 0) {
            answer.append(buffer.data(), static_cast<std::size_t>(got));
            const auto end = answer.find('\0');
            if (end != std::string::npos) {
                // Bytes behind the NUL come only from stages that flush at their end.
                const bool in_step = end + 1 == answer.size();
                answer.resize(end);
                return in_step ? IoStatus::kDone : IoStatus::kBroken;
            }
        } else if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return IoStatus::kWait;
        } else if (got == 0 || errno != EINTR) {
            return IoStatus::kBroken;
        }
    }
    return IoStatus::kBroken;
}

}  // namespace

Result<std::unique_ptr<ChildPipeline>> ChildPipeline::start(
    const std::vector<std::vector<std::string>>& commands) {
    std::unique_ptr<ChildPipeline> pipeline{new ChildPipeline};
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
        return fail(ErrorCode::kExhausted, "make a socket: " + reason(errno));
    }
    pipeline->to_first_ = OwnedFd{sockets[0]};
    OwnedFd in{sockets[1]};
    for (const auto& command : commands) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            return fail(ErrorCode::kExhausted, "make a pipe: " + reason(errno));
        }
        OwnedFd next_in{ends[0]};
        const OwnedFd out{ends[1]};
        if (auto spawned = pipeline->spawn(command, in.get(), out.get()); !spawned) {
            return tl::unexpected{std::move(spawned.error())};
        }
        in = std::move(next_in);
    }
    pipeline->from_last_ = std::move(in);
    // The read end is ours alone: its flags are not shared with the child's write end.
    if (::fcntl(pipeline->from_last_.get(), F_SETFL, O_NONBLOCK) != 0) {
        return fail(ErrorCode::kInternal, "set up a pipe: " + reason(errno));
    }
    return pipeline;
}

ChildPipeline::~ChildPipeline() {
    if (pids_.empty()) {
        return;
    }
    // The first child leads the group and, dead or alive, keeps its number until it is waited for.
    ::kill(-pids_.front(), SIGKILL);
    for (const pid_t pid : pids_) {
        while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
}

Result<void> ChildPipeline::spawn(const std::vector<std::string>& command, int in, int out) {
    SpawnSettings settings;
    settings.connect(in, out);
    settings.join_group(pids_.empty() ? 0 : pids_.front());
    pid_t pid = -1;
    if (const int error = settings.run(pid, command, child_environment()); error != 0) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("start '{}': {}", command.front(), reason(error)));
    }
    pids_.push_back(pid);
    return {};
}

bool ChildPipeline::all_running() const {
    return std::all_of(pids_.begin(), pids_.end(), [](pid_t pid) {
        siginfo_t info{};
        // WNOWAIT: the destructor waits for it.
        const int result =
            ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT);
        return result == 0 && info.si_pid == 0;
    });
}

Result<std::string> ChildPipeline::exchange(std::string_view message, SteadyTime deadline,
                                            const std::stop_token& stop) {
    std::string request{message};
    request += '\0';
    std::string_view rest{request};
    std::string answer;
    while (true) {
        if (stop.stop_requested()) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        const auto now = std::chrono::steady_clock::now();
        if (now >= deadline) {
            return fail(ErrorCode::kTimeout, "no answer in time");
        }
        const auto written = write_some(to_first_.get(), rest);
        const auto read = read_some(from_last_.get(), answer);
        // A stage that dies makes those behind it end their message too early, so an answer counts
        // only if all of them are alive after it.
        if (written == IoStatus::kBroken || read == IoStatus::kBroken ||
            (read == IoStatus::kDone && !all_running())) {
            return fail(ErrorCode::kUnavailable, "a program of the pipeline ended");
        }
        if (read == IoStatus::kDone) {
            if (!rest.empty()) {
                return fail(ErrorCode::kInternal, "an answer before the question");
            }
            return answer;
        }
        std::array<pollfd, 2> waits{{{from_last_.get(), POLLIN, 0}, {to_first_.get(), POLLOUT, 0}}};
        const nfds_t count = rest.empty() ? 1 : 2;
        const auto left = std::chrono::ceil<milliseconds>(deadline - now);
        ::poll(waits.data(), count, static_cast<int>(std::min(left, kStopPoll).count()));
    }
}

}  // namespace livedub::apertium
