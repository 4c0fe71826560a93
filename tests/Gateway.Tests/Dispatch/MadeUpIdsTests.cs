using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Gateway.Tests.Dispatch;

/// <summary>
/// Whatever route it is asked on, an id that nobody was given leaves nothing behind: no activation, and no key in
/// Redis. The requests are made from the descriptors, so that a new route is asked as well.
/// </summary>
public sealed class MadeUpIdsTests : IAsyncLifetime
{
    private const int Rounds = 12;

    private readonly Random _random = new(15);
    private readonly RedisServer _redis = new();
    private Backend _silo = null!, _gateway = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        (string Key, object Value) connection = ("Redis:ConnectionString", _redis.Address);
        _silo = await Backend.StartSilo(connection, ("Chat:NoteBurst", 100_000));
        _gateway = await Backend.StartGateway(connection, ("Gateway:RequestBurst", 1_000_000));
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _silo.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task On_every_route_a_made_up_id_leaves_nothing_behind()
    {
        await using var client = await _gateway.Play(Transport.Tcp);
        // The player's own grains come to life with the first ones.
        for (var round = 0; round < 2; round++)
            await AskAll(client);
        await client.Ask(new HeartbeatRequest());
        var (before, keysBefore) = (await Activations(), await Keys());

        for (var round = 0; round < Rounds; round++)
            await AskAll(client);

        string[] left = [];
        try
        {
            await Wait.Until(async () => (left = await LeftBehind(before, keysBefore)).Length == 0);
        }
        catch (TimeoutException)
        {
            Assert.Fail(string.Join('\n', left.Prepend("It left behind:")));
        }
    }

    private async Task<string[]> LeftBehind(Dictionary<string, int> activations, HashSet<string> keys)
    {
        // A board or a queue of the game itself may have come to life meanwhile.
        var awake = (await Activations())
            .Where(now => now.Value - activations.GetValueOrDefault(now.Key) >= Rounds / 2)
            .Select(now => $"{now.Key}: {activations.GetValueOrDefault(now.Key)} to {now.Value}");
        var stored = (await Keys()).Except(keys).ToArray();
        return [.. awake, .. stored.Length < Rounds / 2 ? [] : stored];
    }

    private async Task AskAll(RawClient client)
    {
        foreach (var op in Opcodes.Requests.Values.Where(op => op.Op != Opcodes.Of<LeaveRequest>().Op))
        {
            var variants = Variants(op.Request);
            for (var variant = 0; variant < variants; variant++)
            {
                var id = client.NextId();
                await client.Send(new ClientEnvelope
                {
                    Id = id,
                    Op = op.Op,
                    Body = MadeUp(op.Request, variant).ToByteString(),
                });
                await client.Answer(id);
            }
        }
    }

    /// <summary>One for each value of the enum with the most values, and two for a flag.</summary>
    private static int Variants(MessageDescriptor message) => message.Fields.InDeclarationOrder()
        .Select(field => field.FieldType == FieldType.Enum ? field.EnumType.Values.Count
            : field.FieldType == FieldType.Bool ? 2 : 1)
        .DefaultIfEmpty(1).Max();

    private IMessage MadeUp(MessageDescriptor descriptor, int variant)
    {
        var message = (IMessage)Activator.CreateInstance(descriptor.ClrType)!;
        foreach (var field in descriptor.Fields.InDeclarationOrder().Where(field => !field.IsMap))
        {
            if (field.IsRepeated)
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(Value(field, variant));
            else
                field.Accessor.SetValue(message, Value(field, variant));
        }

        return message;
    }

    private object Value(FieldDescriptor field, int variant) => field.FieldType switch
    {
        FieldType.Fixed64 or FieldType.UInt64 => (ulong)_random.NextInt64(1, long.MaxValue),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => _random.NextInt64(1, long.MaxValue),
        FieldType.UInt32 or FieldType.Fixed32 => 1u,
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => 1,
        FieldType.Bool => variant % 2 == 0,
        FieldType.Enum => Enum.ToObject(
            field.EnumType.ClrType, field.EnumType.Values[variant % field.EnumType.Values.Count].Number),
        FieldType.String => "x",
        FieldType.Bytes => ByteString.CopyFrom(1, 2, 3),
        FieldType.Message => MadeUp(field.MessageType, variant),
        FieldType.Float => 1f,
        FieldType.Double => 1d,
        _ => throw new NotSupportedException(field.FullName),
    };

    private async Task<Dictionary<string, int>> Activations()
    {
        var statistics = await _silo.Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
        return statistics.GroupBy(each => each.GrainType).ToDictionary(
            type => type.Key, type => type.Sum(each => each.ActivationCount));
    }

    private async Task<HashSet<string>> Keys()
    {
        var keys = new HashSet<string>();
        await foreach (var key in _redis.Connection.GetServers()[0].KeysAsync())
            keys.Add(key.ToString());
        return keys;
    }
}
