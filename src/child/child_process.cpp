// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "child/child_process.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child/arguments.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace livedub::child {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr off_t kLastBytes = 2'048;
constexpr std::string_view kFolderOfPrograms = "/usr/libexec/livedub";

/// How late its end is noticed at most, where the system gives no descriptor for it.
constexpr milliseconds kLongestWait{1'000};

std::string reason(int error) {
    return std::generic_category().message(error);
}

/// This process's variables, but for those that `own` has.
std::vector<std::string> environment_with(std::vector<std::string> own) {
    const auto name_of = [](std::string_view variable) {
        return variable.substr(0, variable.find('='));
    };
    const auto count = own.size();
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const auto is_it = [&](const std::string& it) { return name_of(it) == name_of(*variable); };
        if (std::none_of(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(count), is_it)) {
            own.emplace_back(*variable);
        }
    }
    return own;
}

/// posix_spawn's two settings objects.
class SpawnPlan {
  public:
    SpawnPlan(int input, int said) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        if (input < 0) {
            posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        } else {
            posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        }
        posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions_, said, STDERR_FILENO);
        // Libraries in this process may hold descriptors that are not close-on-exec.
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        sigset_t none;
        sigset_t defaults;
        sigemptyset(&none);
        sigemptyset(&defaults);
        for (const int signal : {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGABRT}) {
            sigaddset(&defaults, signal);
        }
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &defaults);
        posix_spawnattr_setpgroup(&attributes_, 0);  // Ctrl-C is for us alone
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    [[nodiscard]] int run(pid_t& pid, const Command& command) const {
        const auto environment = environment_with(command.variables);
        auto arguments = pointers(command.words);
        auto variables = pointers(environment);
        return posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(),
                            variables.data());
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const Command& command) {
    OwnedFd said{::memfd_create("said", MFD_CLOEXEC)};
    if (said.get() < 0 || ::fcntl(said.get(), F_SETFL, O_APPEND) != 0) {
        return fail(ErrorCode::kExhausted, "memory for messages: " + reason(errno));
    }
    pid_t pid = -1;
    if (const int error = SpawnPlan{command.input, said.get()}.run(pid, command); error != 0) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("start {}: {}", command.words.front(), reason(error)));
    }
    return std::unique_ptr<ChildProcess>{new ChildProcess{pid, std::move(said)}};
}

ChildProcess::ChildProcess(pid_t pid, OwnedFd said) : pid_{pid}, said_{std::move(said)} {}

ChildProcess::~ChildProcess() {
    (void)end();
}

bool ChildProcess::is_running() const {
    siginfo_t info{};
    return !is_reaped_ &&
           ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
}

bool ChildProcess::await_end(SteadyTime deadline) const {
    const OwnedFd handle{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
    while (is_running()) {
        const auto left = deadline - steady_clock::now();
        if (left <= SteadyDuration::zero()) {
            return false;
        }
        const auto wait = std::min(std::chrono::ceil<milliseconds>(left), kLongestWait);
        pollfd ended{.fd = handle.get(), .events = POLLIN, .revents = 0};
        (void)::poll(&ended, 1, static_cast<int>(wait.count()));
    }
    return true;
}

int ChildProcess::end() {
    if (!is_reaped_) {
        ::kill(pid_, SIGKILL);  // at most a zombie, so the number is still its own
        while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
        }
        is_reaped_ = true;
    }
    return status_;
}

std::string ChildProcess::last_line() const {
    const auto size = ::lseek(said_.get(), 0, SEEK_END);
    std::string text(static_cast<std::size_t>(kLastBytes), '\0');
    const auto got =
        ::pread(said_.get(), text.data(), text.size(), std::max<off_t>(0, size - kLastBytes));
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    const auto line = text.rfind('\n');
    return line == std::string::npos ? text : text.substr(line + 1);
}

std::string how_it_ended(int status, const std::string& last_line) {
    const auto how = WIFSIGNALED(status) ? fmt::format("signal {} ({})", WTERMSIG(status),
                                                       ::strsignal(WTERMSIG(status)))
                                         : fmt::format("exit code {}", WEXITSTATUS(status));
    return last_line.empty() ? how : how + ": " + last_line;
}

std::string find_program(std::string_view name) {
    std::error_code error;
    const auto self = fs::read_symlink("/proc/self/exe", error);
    for (const auto& folder : {self.parent_path(), fs::path{kFolderOfPrograms}}) {
        auto program = folder / name;
        if (fs::is_regular_file(program, error)) {
            return program.string();
        }
    }
    return std::string{name};
}

}  // namespace livedub::child
