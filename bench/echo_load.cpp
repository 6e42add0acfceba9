// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Keeps a server of echoes as busy as it can be: sends one question over and over on WebSockets
// that somebody else has opened, with some outstanding on each, and counts the answers. It knows no
// Socket.IO: the question is a whole frame, in which it only counts on.
//
//   echo_load FRAME PAYLOAD_AT ID_AT NUMBER_AT OUTSTANDING SECONDS FD...
//
// FRAME is a file with a masked frame. At ID_AT there are 8 hexadecimal digits and at NUMBER_AT 10
// places, in which the number of the question stands from the right. Prints `begins` after a second
// of running, then, SECONDS later, how many answers came in between.

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

namespace {

constexpr std::string_view kAnswer = R"(42["fragment:processed")";
constexpr std::string_view kAcknowledgement = R"(42["fragment:ack")";
constexpr std::string_view kPing = "2";  // has more time than this has

struct Question {
    std::string frame;
    std::size_t payload_at = 0;
    std::size_t id_at = 0;
    std::size_t number_at = 0;

    void write(std::size_t at, std::string_view text) {
        constexpr std::size_t kMask = 4;
        for (const char c : text) {
            const char mask = frame[payload_at - kMask + (at - payload_at) % kMask];
            frame[at++] = static_cast<char>(c ^ mask);
        }
    }
    void count_on(std::uint64_t number) {
        write(id_at, fmt::format("{:08x}", number));
        write(number_at, fmt::format("{:10}", number));
    }
};

class Connection {
  public:
    Connection(int fd, Question question, std::size_t outstanding)
        : fd_{fd}, question_{std::move(question)}, owed_{outstanding} {}

    [[nodiscard]] pollfd wish() const {
        const bool is_sending = owed_ > 0 || sent_ > 0;
        return {.fd = fd_,
                .events = static_cast<short>(is_sending ? POLLIN | POLLOUT : POLLIN),
                .revents = 0};
    }

    /// As many questions as are owed and go out.
    void send() {
        while (owed_ > 0 || sent_ > 0) {
            if (sent_ == 0) {
                question_.count_on(number_++);
                --owed_;
            }
            if (!pass()) {
                return;
            }
            sent_ = 0;
        }
    }

    /// How many answers are whole with what has come.
    std::size_t receive(std::span<char> buffer) {
        const auto size = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size == 0 || (size < 0 && errno != EAGAIN)) {
            throw std::runtime_error{"the server has closed a connection"};
        }
        std::size_t answers = 0;
        std::string_view bytes{buffer.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
        while (!bytes.empty()) {
            take(bytes);
            if (has_head_ && missing_ == 0) {
                answers += end_frame();
            }
        }
        owed_ += answers;
        return answers;
    }

  private:
    /// False when there is no room for all of the question.
    [[nodiscard]] bool pass() {
        const std::string_view frame{question_.frame};
        while (sent_ < frame.size()) {
            const auto rest = frame.substr(sent_);
            const auto size = ::send(fd_, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (size < 0) {
                if (errno != EAGAIN) {
                    throw std::runtime_error{"the server takes no more"};
                }
                return false;
            }
            sent_ += static_cast<std::size_t>(size);
        }
        return true;
    }

    void take(std::string_view& bytes) {
        while (!has_head_ && !bytes.empty()) {
            head_.push_back(bytes.front());
            bytes.remove_prefix(1);
            read_head();
        }
        const auto part = bytes.substr(0, missing_);
        name_ += part.substr(0, kAnswer.size() - std::min(name_.size(), kAnswer.size()));
        missing_ -= part.size();
        bytes.remove_prefix(part.size());
    }

    /// RFC 6455, 5.2: a server's frames have no mask.
    void read_head() {
        if (head_.size() < 2) {
            return;
        }
        const auto byte = [this](std::size_t at) { return static_cast<unsigned char>(head_[at]); };
        const std::size_t extra = byte(1) == 127 ? 8 : byte(1) == 126 ? 2 : 0;
        if (head_.size() < 2 + extra) {
            return;
        }
        missing_ = extra == 0 ? byte(1) : 0;
        for (std::size_t at = 2; at < head_.size(); ++at) {
            missing_ = missing_ << 8U | byte(at);
        }
        has_head_ = true;
    }

    std::size_t end_frame() {
        const std::string name = std::exchange(name_, {});
        head_.clear();
        has_head_ = false;
        if (name == kAnswer) {
            return 1;
        }
        if (name != kPing && !name.starts_with(kAcknowledgement)) {
            throw std::runtime_error{"the server says " + name};
        }
        return 0;
    }

    const int fd_;
    Question question_;
    std::uint64_t number_ = 0;  // of the next question
    std::size_t owed_;          // questions to send
    std::size_t sent_ = 0;      // of the question under way
    // The frame that is coming in.
    std::string head_;
    bool has_head_ = false;
    std::size_t missing_ = 0;
    std::string name_;  // what its payload begins with
};

/// How many answers come until then.
std::uint64_t run(std::vector<Connection>& connections,
                  std::chrono::steady_clock::time_point until) {
    static std::vector<char> buffer(std::size_t{1} << 18U);
    std::uint64_t answers = 0;
    std::vector<pollfd> wishes;
    while (std::chrono::steady_clock::now() < until) {
        wishes.clear();
        std::ranges::transform(connections, std::back_inserter(wishes), &Connection::wish);
        if (::poll(wishes.data(), wishes.size(), 1'000) <= 0) {
            throw std::runtime_error{"no answer for a second"};
        }
        for (std::size_t i = 0; i < wishes.size(); ++i) {
            if (wishes[i].revents != 0) {
                answers += connections[i].receive(buffer);
                connections[i].send();
            }
        }
    }
    return answers;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::span arguments{argv, static_cast<std::size_t>(argc)};
    if (arguments.size() < 8) {
        std::cerr << "echo_load FRAME PAYLOAD_AT ID_AT NUMBER_AT OUTSTANDING SECONDS FD...\n";
        return EXIT_FAILURE;
    }
    std::ifstream file{arguments[1], std::ios::binary};
    const Question question{.frame{std::istreambuf_iterator<char>{file}, {}},
                            .payload_at = std::stoul(arguments[2]),
                            .id_at = std::stoul(arguments[3]),
                            .number_at = std::stoul(arguments[4])};
    const auto outstanding = std::stoul(arguments[5]);
    const std::chrono::duration<double> seconds{std::stod(arguments[6])};
    std::vector<Connection> connections;
    for (const char* const fd : arguments.subspan(7)) {
        connections.emplace_back(std::stoi(fd), question, outstanding);
    }
    const auto begin = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    run(connections, begin);
    std::cout << "begins" << std::endl;  // NOLINT(performance-avoid-endl)
    const auto length = std::chrono::duration_cast<std::chrono::nanoseconds>(seconds);
    std::cout << run(connections, begin + length) << std::endl;  // NOLINT(performance-avoid-endl)
    return EXIT_SUCCESS;
} catch (const std::exception& error) {
    std::cerr << "echo_load: " << error.what() << '\n';
    return EXIT_FAILURE;
}
