// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/weights_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engines/whisper/channel.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace livedub::whisper {
namespace {

using std::chrono::seconds;

/// To make or to end a worker is a matter of milliseconds, on a machine that thrashes of more.
constexpr seconds kPatience{5};
constexpr off_t kLastBytes = 2'048;

std::string reason(int error) {
    return std::generic_category().message(error);
}

/// What the worker's libraries read when they are loaded: threads that have nothing to do sleep at
/// once (spinning ones steal the time of those they wait for), and abort() calls no debugger.
std::vector<std::string> worker_environment() {
    std::vector<std::string> own{"OMP_WAIT_POLICY=passive", "GOMP_SPINCOUNT=0",
                                 "GGML_NO_BACKTRACE=1"};
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text{*variable};
        const bool is_ours = text.starts_with("OMP_WAIT_POLICY=") ||
                             text.starts_with("GOMP_SPINCOUNT=") ||
                             text.starts_with("GGML_NO_BACKTRACE=");
        if (!is_ours) {
            own.emplace_back(text);
        }
    }
    return own;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const auto& text : texts) {
        out.push_back(const_cast<char*>(text.c_str()));  // posix_spawn does not write to them
    }
    out.push_back(nullptr);
    return out;
}

/// posix_spawn's two settings objects.
class SpawnPlan {
  public:
    SpawnPlan(int channel, int said) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        posix_spawn_file_actions_adddup2(&actions_, channel, STDIN_FILENO);
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

    [[nodiscard]] int run(pid_t& pid, const std::vector<std::string>& command) const {
        const auto environment = worker_environment();
        auto arguments = pointers(command);
        auto variables = pointers(environment);
        return posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(),
                            variables.data());
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

std::string describe_status(int status) {
    if (WIFSIGNALED(status)) {
        return fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
    }
    return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace

Result<std::unique_ptr<WeightsProcess>> WeightsProcess::start(
    const std::vector<std::string>& command) {
    auto ends = make_channel();
    if (!ends) {
        return tl::unexpected{std::move(ends).error()};
    }
    OwnedFd said{::memfd_create("whisper", MFD_CLOEXEC)};
    if (said.get() < 0 || ::fcntl(said.get(), F_SETFL, O_APPEND) != 0) {
        return fail(ErrorCode::kExhausted, "memory for messages: " + reason(errno));
    }
    pid_t pid = -1;
    if (const int error = SpawnPlan{ends->second.get(), said.get()}.run(pid, command); error != 0) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("start {}: {}", command.front(), reason(error)));
    }
    return std::unique_ptr<WeightsProcess>{
        new WeightsProcess{pid, std::move(ends->first), std::move(said)}};
}

WeightsProcess::WeightsProcess(pid_t pid, OwnedFd channel, OwnedFd said)
    : pid_{pid}, channel_{std::move(channel)}, said_{std::move(said)} {}

WeightsProcess::~WeightsProcess() {
    (void)ended();  // its workers are told by the system when it is gone
}

bool WeightsProcess::is_running() const {
    siginfo_t info{};
    return !is_reaped_ &&
           ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
}

Result<Ready> WeightsProcess::await_ready(SteadyTime deadline, const std::stop_token& stop) {
    auto received = receive_message(channel_.get(), deadline, stop);
    if (!received) {
        const auto code = received.error().code();
        if (code == ErrorCode::kTimeout || code == ErrorCode::kCancelled) {
            return tl::unexpected{std::move(received).error()};
        }
        return tl::unexpected{ended()};
    }
    if (received->message.kind == MessageKind::kFailed) {
        return tl::unexpected{error_from(received->message.body)};
    }
    if (received->message.kind != MessageKind::kReady) {
        return tl::unexpected{ended()};
    }
    return ready_from(received->message.body);
}

Result<Message> WeightsProcess::ask(const Message& question, int passed) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    auto answer = send_message(channel_.get(), question, deadline, {}, passed).and_then([&] {
        return receive_message(channel_.get(), deadline, {});
    });
    if (!answer) {
        return tl::unexpected{ended()};  // also when it hangs: nothing can be had from it
    }
    return std::move(answer->message);
}

Result<Worker> WeightsProcess::make_worker() {
    auto ends = make_channel();
    if (!ends) {
        return tl::unexpected{std::move(ends).error()};
    }
    auto made = ask({.kind = MessageKind::kMakeWorker}, ends->second.get());
    if (!made) {
        return tl::unexpected{std::move(made).error()};
    }
    if (made->kind == MessageKind::kFailed) {
        return tl::unexpected{error_from(made->body)};
    }
    const auto pid = number_from(made->body);
    if (made->kind != MessageKind::kWorkerMade || !pid) {
        return tl::unexpected{ended()};
    }
    return Worker{.channel = std::move(ends->first), .pid = *pid};
}

std::string WeightsProcess::end_worker(Worker worker) {
    const auto ended_worker = ask({.kind = MessageKind::kEndWorker, .body = to_body(worker.pid)});
    if (!ended_worker) {
        return ended_worker.error().message();
    }
    const auto status = number_from(ended_worker->body);
    if (!status) {
        return "unknown";
    }
    const auto line = last_line();
    return describe_status(*status) + (line.empty() ? "" : ": " + line);
}

std::string WeightsProcess::last_line() const {
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

Error WeightsProcess::ended() {
    if (!is_reaped_) {
        const bool was_running = is_running();
        ::kill(pid_, SIGKILL);  // at most a zombie, so the number is still its own
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        is_reaped_ = true;
        const auto line = last_line();
        end_ = was_running ? "it made no sense" : describe_status(status);
        end_ += line.empty() ? "" : ": " + line;
    }
    return {ErrorCode::kUnavailable, "whisper's process ended: " + end_};
}

}  // namespace livedub::whisper
