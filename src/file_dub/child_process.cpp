// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace livedub::file_dub {
namespace {

constexpr std::size_t kMessageTail = 2048;

/// A descriptor that is closed when it is forgotten.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_{fd} {}
    ~Descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

  private:
    int fd_;
};

/// What posix_spawn shall do in the child before the program runs.
class SpawnPlan {
  public:
    SpawnPlan() {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigemptyset(&none);
        sigset_t all_defaults;
        sigemptyset(&all_defaults);
        for (const int number : {SIGPIPE, SIGINT, SIGTERM}) {
            sigaddset(&all_defaults, number);
        }
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all_defaults);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    void use(int fd, int as) { posix_spawn_file_actions_adddup2(&actions_, fd, as); }
    void use_nothing(int as) {
        posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", O_RDWR, 0);
    }

    [[nodiscard]] int spawn(std::vector<std::string>& arguments, pid_t& pid) const {
        std::vector<char*> argv;
        argv.reserve(arguments.size() + 1);
        for (auto& argument : arguments) {
            argv.push_back(argument.data());
        }
        argv.push_back(nullptr);
        return posix_spawnp(&pid, argv.front(), &actions_, &attributes_, argv.data(), environ);
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(std::vector<std::string> arguments,
                                                          Pipe pipe) {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(ErrorCode::kUnavailable, fmt::format("pipe: {}", std::strerror(errno)));
    }
    Descriptor read_end{ends[0]};
    Descriptor write_end{ends[1]};
    Descriptor messages{::memfd_create("messages", MFD_CLOEXEC)};
    if (messages.get() < 0) {
        return fail(ErrorCode::kUnavailable, fmt::format("memfd: {}", std::strerror(errno)));
    }
    SpawnPlan plan;
    if (pipe == Pipe::kFromChild) {
        plan.use_nothing(STDIN_FILENO);
        plan.use(write_end.get(), STDOUT_FILENO);
    } else {
        plan.use(read_end.get(), STDIN_FILENO);
        plan.use_nothing(STDOUT_FILENO);
    }
    plan.use(messages.get(), STDERR_FILENO);
    pid_t pid = -1;
    if (const int error = plan.spawn(arguments, pid); error != 0) {
        return fail(ErrorCode::kUnavailable,
                    error == ENOENT
                        ? fmt::format("{} is not installed (package ffmpeg)", arguments.front())
                        : fmt::format("{}: {}", arguments.front(), std::strerror(error)));
    }
    auto& ours = pipe == Pipe::kFromChild ? read_end : write_end;
    return std::unique_ptr<ChildProcess>{new ChildProcess{pid, ours.release(), messages.release()}};
}

ChildProcess::ChildProcess(pid_t pid, int pipe, int messages)
    : pid_{pid}, messages_{messages}, pipe_{pipe} {}

ChildProcess::~ChildProcess() {
    kill();
    if (pipe_ >= 0) {
        ::close(pipe_);
    }
    (void)reap();
    ::close(messages_);
}

Result<std::size_t> ChildProcess::read(std::span<std::byte> bytes) const {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const auto got = ::read(pipe_, bytes.data() + filled, bytes.size() - filled);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return fail(ErrorCode::kInternal, fmt::format("read: {}", std::strerror(errno)));
        }
        filled += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return filled;
}

Result<void> ChildProcess::write(std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const auto put = ::write(pipe_, bytes.data(), bytes.size());
        if (put < 0 && errno != EINTR) {
            return fail(ErrorCode::kUnavailable, fmt::format("write: {}", std::strerror(errno)));
        }
        bytes = bytes.subspan(put > 0 ? static_cast<std::size_t>(put) : 0);
    }
    return {};
}

Result<void> ChildProcess::wait() {
    ::close(std::exchange(pipe_, -1));
    siginfo_t ended{};
    // Leaves it a zombie: until it is reaped under the lock, its pid cannot be given to another.
    while (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR) {
    }
    const int status = reap();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return {};
    }
    auto message = last_message();
    if (message.empty()) {
        message = WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status))
                                    : fmt::format("ended by signal {}", WTERMSIG(status));
    }
    return fail(ErrorCode::kInternal, std::move(message));
}

void ChildProcess::kill() {
    const MutexLock lock{mutex_};
    if (!is_reaped_) {
        ::kill(pid_, SIGKILL);
    }
}

int ChildProcess::reap() {
    const MutexLock lock{mutex_};
    int status = 0;
    if (!is_reaped_) {
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        is_reaped_ = true;
    }
    return status;
}

std::string ChildProcess::last_message() const {
    const auto size = ::lseek(messages_, 0, SEEK_END);
    std::string text(kMessageTail, '\0');
    const auto from = std::max<off_t>(0, size - static_cast<off_t>(text.size()));
    const auto got = ::pread(messages_, text.data(), text.size(), from);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    const auto line = text.rfind('\n');
    return line == std::string::npos ? text : text.substr(line + 1);
}

}  // namespace livedub::file_dub
